"""When a message may go out to a person: pure, so that every rule can be tried."""

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a member wants to be told (see `Preference`). Hours are those of `zone`."""

    zone: zoneinfo.ZoneInfo
    mail: str = "at_once"
    digest_hour: int = 8
    quiet_from: int = 20
    quiet_until: int = 7
    muted: tuple[str, ...] = ()
    daily_budget: int = 20

    def mails(self, event: str) -> bool:
        """Whether such an event is mailed at all."""
        return self.mail != "none" and event not in self.muted


def is_quiet(at: datetime, wish: Wish) -> bool:
    """Whether `at` lies in the quiet time, which may run over midnight; equal hours mean that there is none."""
    hour = at.astimezone(wish.zone).hour
    if wish.quiet_from == wish.quiet_until:
        return False
    if wish.quiet_from < wish.quiet_until:
        return wish.quiet_from <= hour < wish.quiet_until
    return hour >= wish.quiet_from or hour < wish.quiet_until


def after_quiet(at: datetime, wish: Wish) -> datetime:
    """The first instant from `at` on that is not quiet."""
    if not is_quiet(at, wish):
        return at
    return _next(at, wish.quiet_until, wish.zone)


def next_digest(at: datetime, wish: Wish) -> datetime:
    """When the next digest goes out, after the quiet time where the two overlap."""
    return after_quiet(_next(at, wish.digest_hour, wish.zone), wish)


def send_time(at: datetime, wish: Wish, *, sent_today: int) -> tuple[datetime, str]:
    """When a mail about something of `at` goes out, and the digest it belongs to (empty: a mail of its own). Beyond the day's budget
    the rest waits for the next digest."""
    if wish.mail == "digest" or sent_today >= wish.daily_budget:
        due = next_digest(at, wish)
        return due, f"digest {due.astimezone(wish.zone):%Y-%m-%d %H}"
    return after_quiet(at, wish), ""


def start_of_day(at: datetime, wish: Wish) -> datetime:
    """Midnight before `at` in the member's zone, from which a day's budget counts."""
    return datetime.combine(at.astimezone(wish.zone).date(), time.min, wish.zone).astimezone(UTC)


def _next(at: datetime, hour: int, zone: zoneinfo.ZoneInfo) -> datetime:
    """The next instant strictly after `at` at which the clock of the zone shows that full hour. Compared in UTC: on the day the clock
    is put back an hour exists twice, and the first of the two counts."""
    day = at.astimezone(zone).date()
    for ahead in range(3):
        found = datetime.combine(day + timedelta(days=ahead), time(hour), zone).astimezone(UTC)
        if found > at:
            return found
    raise AssertionError("an hour of the clock comes back within two days")
