import datetime as dt

import pytest

from compliance.ui.moments import day_text, days_text, instant_text, iso, zone_of

LATE = dt.datetime(2026, 7, 11, 22, 30, 15, 999, tzinfo=dt.UTC)


def test_an_instant_is_said_in_the_readers_zone_and_kept_in_utc():
    assert instant_text(LATE, "Europe/Berlin") == "12 Jul 2026, 00:30 CEST"
    assert instant_text(LATE, "UTC", "short") == "11 Jul, 22:30 UTC"
    assert iso(LATE) == "2026-07-11T22:30:15Z"


def test_a_zone_without_letters_says_its_offset():
    assert instant_text(LATE, "America/Sao_Paulo", "time") == "19:30 UTC−03"


def test_epoch_seconds_are_instants_too():
    assert instant_text(0, "UTC", "day") == "1 Jan 1970"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        iso(dt.datetime(2026, 7, 11))  # noqa: DTZ001


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "\0"])
def test_an_unknown_zone_is_refused_with_an_example(name):
    with pytest.raises(ValueError, match="Europe/Berlin"):
        zone_of(name)


def test_a_style_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="full, short, time or day"):
        instant_text(LATE, "UTC", "roughly")


def test_a_range_says_the_year_once_if_it_is_the_same():
    assert days_text(dt.date(2025, 10, 1), dt.date(2026, 9, 30)) == "1 Oct 2025 – 30 Sep 2026"
    assert days_text(dt.date(2026, 10, 5), dt.date(2026, 11, 13)) == "5 Oct – 13 Nov 2026"
    assert days_text(dt.date(2026, 3, 1), dt.date(2026, 3, 1)) == "1 Mar 2026"
    assert day_text(dt.date(2026, 9, 1), year=False) == "1 Sep"
