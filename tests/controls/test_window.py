"""The stretch of a period that a page looks at."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controls.window import UNITS, BadWindow, window

BERLIN = ZoneInfo("Europe/Berlin")
PERIOD = {
    "start": datetime(2026, 2, 1, tzinfo=BERLIN), "end": datetime(2027, 2, 1, tzinfo=BERLIN), "zone": BERLIN,
    "now": datetime(2026, 5, 6, 13, 30, tzinfo=BERLIN),
}  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "on", "name", "hours"),
    [
        ("", "", "1 Feb 2026 – 31 Jan 2027", 365 * 24),
        ("month", "2026-05-04", "May 2026", 31 * 24),
        ("week", "2026-05-06", "4 May – 10 May 2026", 7 * 24),
        ("day", "", "Wednesday, 6 May 2026", 24),
        ("day", "2026-03-29", "Sunday, 29 March 2026", 23),  # the clock goes forward
        ("day", "2026-10-25", "Sunday, 25 October 2026", 25),
        ("hour", "2026-05-06T13:20", "6 May 2026, 13:00 – 14:00", 1),
    ],
)
def test_a_window_is_a_stretch_of_the_calendar_of_the_zone(unit, on, name, hours):
    seen = window(unit, on, **PERIOD)
    assert (seen.name, seen.end.astimezone(UTC) - seen.start.astimezone(UTC)) == (name, timedelta(hours=hours))


def test_a_window_is_cut_at_the_ends_of_the_period():
    assert window("week", "2026-02-01", **PERIOD).start == PERIOD["start"]
    assert window("month", "2030-01-01", **PERIOD).name == "January 2027"


@pytest.mark.parametrize(("unit", "on"), [("year", ""), ("day", "soon"), ("day", "9999-01-01"), ("hour", "2026-13-01T00")])
def test_what_says_nothing_is_refused_with_what_to_say(unit, on):
    with pytest.raises(BadWindow, match=r"use one of|Say a day"):
        window(unit, on, **PERIOD)


@given(
    unit=st.sampled_from(UNITS),
    at=st.datetimes(datetime(2026, 2, 1), datetime(2027, 1, 31, 22), timezones=st.just(BERLIN)),  # noqa: DTZ001 bounds are naive
)
def test_going_later_from_window_to_window_leaves_no_second_out(unit, at):
    seen = window(unit, at.isoformat(), **PERIOD)
    assert PERIOD["start"] <= seen.start < seen.end <= PERIOD["end"]
    ticks = list(seen.ticks())
    assert len(ticks) <= 40
    assert all(seen.start.timestamp() <= each.at < seen.end.timestamp() for each in ticks)
    later = seen.beside(1)
    if unit != "period" and later < PERIOD["end"]:
        assert window(unit, later.isoformat(), **PERIOD).start == seen.end
