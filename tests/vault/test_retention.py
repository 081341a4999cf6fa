"""Until when things are kept."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from compliance.vault.retention import expired_before, keep_until, years_after, years_of

ENDS = [datetime(2024, 9, 30, tzinfo=UTC), datetime(2025, 9, 30, tzinfo=UTC)]
SOC2, ISO = "engagement A", "engagement B"


def test_seven_years_after_the_end_of_its_period():
    assert keep_until(datetime(2024, 10, 1, tzinfo=UTC), ENDS, 7) == datetime(2032, 9, 30, tzinfo=UTC)
    assert keep_until(datetime(2024, 9, 30, tzinfo=UTC), ENDS, 7) == datetime(2031, 9, 30, tzinfo=UTC)


def test_what_belongs_to_a_period_that_nobody_has_set_is_kept():
    assert keep_until(datetime(2026, 1, 1, tzinfo=UTC), ENDS, 1) is None
    assert keep_until(datetime(2020, 1, 1, tzinfo=UTC), [], 1) is None


def test_the_29th_of_february_ends_on_the_28th():
    assert years_after(datetime(2024, 2, 29, tzinfo=UTC), 1) == datetime(2025, 2, 28, tzinfo=UTC)
    assert years_after(datetime(2024, 2, 29, tzinfo=UTC), 4) == datetime(2028, 2, 29, tzinfo=UTC)


def test_the_most_particular_rule_counts():
    rules = [("", None, 5), ("item", None, 3), ("", SOC2, 8), ("item", SOC2, 2)]
    assert years_of([], "item") == 7
    assert years_of(rules, "item") == 3
    assert years_of(rules, "observation") == 5
    assert years_of(rules, "observation", [SOC2]) == 8
    assert years_of(rules, "item", [SOC2]) == 2


def test_of_two_engagements_the_longer_counts():
    assert years_of([("", SOC2, 8), ("", ISO, 10)], "item", [SOC2, ISO]) == 10


instants = st.integers(0, 9000).map(lambda day: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(days=day))


@given(instants, st.lists(instants, max_size=5), st.integers(1, 20), instants)
@hypothesis_settings(max_examples=200)
def test_what_may_go_is_the_same_asked_either_way(at, ends, years, now):
    until, bound = keep_until(at, ends, years), expired_before(now, ends, years)
    assert (until is not None and until <= now) == (bound is not None and at <= bound)
