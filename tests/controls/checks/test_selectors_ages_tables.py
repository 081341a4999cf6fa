"""The small shared parts of checks: tag selectors, ages, tables of dates."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from controls.checks.shared import ages
from controls.checks.shared.selectors import in_selection, matches
from controls.checks.shared.tables import TableError, read_lifetimes
from evidence.facts.tag import Tag, ordered

PRODUCTION = (Tag(key="Environment", value="Production"),)


@pytest.mark.parametrize("entry", ["environment=production", "ENVIRONMENT = Production", "environment", "*=production"])
def test_a_selector_meets_tags_without_regard_to_case(entry):
    assert matches(PRODUCTION, [entry])


@pytest.mark.parametrize("entry", ["environment=staging", "env=production", "*=staging", "environment="])
def test_a_selector_does_not_meet_other_tags(entry):
    assert not matches(PRODUCTION, [entry])


def test_an_empty_selector_selects_everything_even_without_tags():
    assert in_selection(None, {"production_tags": []}, "production_tags") is True


def test_a_selector_over_unknown_tags_is_unknown():
    assert in_selection(None, {"production_tags": ["env"]}, "production_tags") is None
    assert in_selection((), {"production_tags": ["env"]}, "production_tags") is False


def test_tags_are_the_same_fact_in_any_order():
    assert ordered([("b", "2"), ("a", "1")]) == ordered([("a", "1"), ("b", "2")])


def test_ages_count_from_the_fact_and_speak_of_days():
    assert ages.after("2026-01-03T10:00:00Z", days=90) == datetime(2026, 4, 3, 10, tzinfo=UTC)
    assert ages.day("2026-01-03T23:59:59Z") == "2026-01-03"
    assert ages.end_of(date(2027, 2, 28)) == datetime(2027, 3, 1, tzinfo=UTC)
    assert ages.start_of(date(2027, 4, 30)) == datetime(2027, 4, 30, tzinfo=UTC)


def test_a_table_with_something_that_is_no_date_names_the_entry(tmp_path: Path):
    table = tmp_path / "table.yaml"
    table.write_text("source: here\ncopied: 2026-01-01\nends: {python3.9: soon}\n")
    with pytest.raises(TableError, match=r"python3\.9"):
        read_lifetimes(table)
