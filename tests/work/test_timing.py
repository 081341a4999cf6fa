"""When a mail may go out."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.work.timing import Wish, after_quiet, is_quiet, next_digest, send_time, start_of_day

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Wish(zone=BERLIN, quiet_from=20, quiet_until=7, digest_hour=8)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_a_quiet_time_over_midnight_holds_on_both_sides_of_it():
    assert is_quiet(berlin("2026-05-04 20:00"), NIGHT)
    assert is_quiet(berlin("2026-05-05 06:59"), NIGHT)
    assert not is_quiet(berlin("2026-05-05 07:00"), NIGHT)
    assert not is_quiet(berlin("2026-05-05 19:59"), NIGHT)


def test_equal_hours_mean_no_quiet_time():
    always = Wish(zone=BERLIN, quiet_from=7, quiet_until=7)
    assert after_quiet(berlin("2026-05-05 03:00"), always) == berlin("2026-05-05 03:00")


def test_what_happens_at_night_is_mailed_when_the_quiet_time_ends():
    assert send_time(berlin("2026-05-04 23:30"), NIGHT, sent_today=0) == (berlin("2026-05-05 07:00"), "")


def test_a_digest_goes_out_at_its_hour_and_never_in_the_quiet_time():
    assert next_digest(berlin("2026-05-04 08:00"), NIGHT) == berlin("2026-05-05 08:00")
    early = Wish(zone=BERLIN, digest_hour=5, quiet_from=20, quiet_until=7)
    assert next_digest(berlin("2026-05-04 12:00"), early) == berlin("2026-05-05 07:00")


def test_beyond_the_days_budget_the_rest_waits_for_one_digest():
    wish = Wish(zone=BERLIN, daily_budget=2)
    assert send_time(berlin("2026-05-04 12:00"), wish, sent_today=1) == (berlin("2026-05-04 12:00"), "")
    assert send_time(berlin("2026-05-04 12:00"), wish, sent_today=2) == (berlin("2026-05-05 08:00"), "digest 2026-05-05 08")


@pytest.mark.parametrize(("at", "due"), [("2026-03-29 00:30", "2026-03-29 05:00"), ("2026-10-25 00:30", "2026-10-25 06:00")])
def test_the_hour_is_that_of_the_clock_on_the_wall_when_it_is_changed(at, due):
    """Seven in the morning is five UTC after the clock went forward, six after it went back."""
    assert send_time(berlin(at), NIGHT, sent_today=0)[0].astimezone(UTC) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@given(
    at=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 hypothesis asks for naive bounds
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"]),
    hours=st.tuples(*[st.integers(0, 23)] * 3),
    mail=st.sampled_from(["at_once", "digest"]),
    sent=st.integers(0, 30),
)
def test_nothing_goes_out_in_the_quiet_time_before_it_happened_or_later_than_two_days(at, zone, hours, mail, sent):
    wish = Wish(zone=ZoneInfo(zone), mail=mail, digest_hour=hours[0], quiet_from=hours[1], quiet_until=hours[2])
    due, batch = send_time(at, wish, sent_today=sent)
    assert at <= due <= at + timedelta(hours=50)
    assert not is_quiet(due, wish)
    assert bool(batch) == (mail == "digest" or sent >= wish.daily_budget)
    assert start_of_day(at, wish) <= at
