"""The moment a page speaks of: which period, and as of when. Every page that shows a state takes `?period=` and `?at=`."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from compliance.tenancy.models import Organization
from controls.days import bounds
from controls.models import Period
from controls.selectors.standing import Standing, standing

EARLIEST_YEAR = 2000


class BadMoment(ValueError):
    """`?at=` is neither a day nor an instant; the message says what is accepted."""


class UnknownPeriod(LookupError):
    """`?period=` names no period of this organization."""


@dataclass(frozen=True, slots=True)
class Moment:
    """`start` and `end` bound the period shown (half-open instants); `at` is the instant of which states are told; `live` says that
    it is the present."""

    zone: ZoneInfo
    period: Period | None
    periods: tuple[Period, ...]
    start: datetime
    end: datetime
    at: datetime
    live: bool
    standing: Standing

    @property
    def stale(self) -> Mapping[tuple[str, str], datetime]:
        """Streams that ran out unmarked; of the present only, the past was marked or judged since."""
        return self.standing.stale if self.live else {}

    @property
    def first_day(self) -> date:
        """First day of what is shown."""
        return self.start.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        """Last day of what is shown."""
        return (self.end - timedelta(seconds=1)).astimezone(self.zone).date()

    @property
    def until(self) -> datetime:
        """Where knowledge ends: the instant told of, at most the period's end."""
        return min(self.at, self.end)


def moment_of(organization: Organization, *, period_id: str = "", at: str = "") -> Moment:
    """The moment asked for. The period is the one named, else the one that runs, else the latest; without any, the last twelve weeks.
    Raises BadMoment, UnknownPeriod."""
    now = organization.clock if organization.is_demo and organization.clock else datetime.now(UTC)
    told = _instant(at, organization.zone) if at else None
    if told is not None and told.year < EARLIEST_YEAR:
        raise BadMoment("?at= lies before anything could be observed.")
    if told is not None and told > now:
        raise BadMoment("?at= lies in the future; nothing is known of it.")
    instant = told or now
    stands = standing(now)
    periods = stands.periods
    period = _chosen(periods, period_id, instant.astimezone(organization.zone).date())
    if period is None:
        today = instant.astimezone(organization.zone).date()
        start, end = bounds(today - timedelta(days=83), today, organization.zone)
    else:
        start, end = bounds(period.first_day, period.last_day, organization.zone)
    return Moment(organization.zone, period, periods, start, end, instant, told is None, stands)


def instant_told(text: str, zone: ZoneInfo) -> datetime:
    """An instant, or the last second of a day in the zone. Raises BadMoment."""
    told = _instant(text, zone)
    if told.year < EARLIEST_YEAR:
        raise BadMoment("?at= lies before anything could be observed.")
    return told


def _chosen(periods: tuple[Period, ...], period_id: str, today: date) -> Period | None:
    if period_id:
        try:
            wanted = uuid.UUID(period_id)
        except ValueError:
            wanted = None
        for period in periods:
            if period.pk == wanted:
                return period
        raise UnknownPeriod(period_id)
    running = [period for period in periods if period.first_day <= today <= period.last_day]
    return (running or list(periods) or [None])[0]


def _instant(text: str, zone: ZoneInfo) -> datetime:
    try:
        if len(text) == len("2026-01-01"):
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time.min, zone) - timedelta(seconds=1)
        instant = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise BadMoment("?at= takes a day (2026-03-31, its last second is meant) or an instant (2026-03-31T12:00:00Z).") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)
