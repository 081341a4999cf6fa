import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ui.pictures.hang_lines import hang_lines
from compliance.ui.pictures.ruler import Ruler, observed_spans, ruler
from compliance.ui.pictures.scale import Scale, nice_steps
from tests.ui.svg_reading import all_words, parsed, percent, shapes

YEAR = Scale(dt.date(2025, 10, 1), dt.date(2026, 9, 30))
DAY = 86400


def at(month: int, day: int, year: int = 2026, hour: int = 14) -> float:
    return dt.datetime(year, month, day, hour, tzinfo=dt.UTC).timestamp()


def test_the_scale_holds_both_its_days():
    assert YEAR.days == 365
    assert YEAR.x(YEAR.start) == 0 and YEAR.x(YEAR.end) == 100
    assert YEAR.x_of_day(dt.date(2025, 11, 1)) == pytest.approx(31 / 365 * 100)
    assert YEAR.day_number(at(7, 15)) == 288


def test_the_scale_begins_at_midnight_of_its_own_zone():
    berlin = Scale(dt.date(2025, 10, 1), dt.date(2026, 9, 30), "Europe/Berlin")
    assert YEAR.start - berlin.start == 7200
    assert berlin.day_at(at(7, 14, hour=22)) == dt.date(2026, 7, 15)


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="cannot end"):
        Scale(dt.date(2026, 1, 2), dt.date(2026, 1, 1))


def test_today_is_a_line_with_its_bob_and_its_day():
    picture = ruler(Ruler("Type 2", YEAR, now=at(7, 15)))
    x = YEAR.x(at(7, 15))
    assert [percent(line["x1"]) for line in shapes(picture, "line", "today-line")] == [pytest.approx(x, abs=0.001)]
    assert "15 Jul · day 288" in all_words(picture)
    assert "Jul" not in all_words(picture), "a name under the plumb line would be crossed by it"
    assert "Aug" in all_words(picture)


def test_every_month_has_a_mark_and_both_ends():
    ticks = shapes(ruler(Ruler("Type 2", YEAR)), "path", "tick--month")[0]["d"]
    assert ticks.split("M")[1:] == [f"{n} -6v12" for n in (0, 31, 61, 92, 123, 151, 182, 212, 243, 273, 304, 335, 365)]


def test_the_band_is_broken_where_a_stream_was_not_observed():
    subject = Ruler(
        "Type 2",
        YEAR,
        now=YEAR.start + 100 * DAY,
        coverage=((YEAR.start + 10 * DAY, YEAR.start + 50 * DAY, True), (YEAR.start + 60 * DAY, YEAR.start + 300 * DAY, True)),
    )
    band = [(one["class"], one["x"], one["width"]) for one in shapes(ruler(subject)) if one.get("y") == "55"]
    assert band == [
        ("s-unobserved", "0%", "2.74%"),
        ("covered", "2.74%", "10.959%"),
        ("s-unobserved", "13.699%", "2.739%"),
        ("covered", "16.438%", "10.959%"),
    ]
    assert "observed on 80 of the 100 days so far" in ruler(subject).words


def test_unknown_coverage_draws_no_band_and_no_coverage_draws_a_hatched_one():
    assert observed_spans(Ruler("Type 2", YEAR, now=at(7, 15))) == []
    nothing = Ruler("Type 2", YEAR, now=YEAR.start + DAY, coverage=())
    assert observed_spans(nothing) == [(YEAR.start, YEAR.start + DAY, False)]


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (at(7, 15), "77 days left"),
        (at(9, 30), "last day"),
        (at(9, 29), "1 day left"),
        (at(10, 3), "ended 3 days ago"),
        (at(9, 19, 2025), "begins in 12 days"),
        (None, ""),
    ],
)
def test_the_ruler_says_how_far_we_are(now, words):
    assert Ruler("Type 2", YEAR, now=now).remaining == words


def test_outside_the_period_there_is_no_plumb_line():
    for now in (at(10, 3), at(9, 19, 2025)):
        assert shapes(ruler(Ruler("Type 2", YEAR, now=now)), "line", "today-line") == []


def test_without_a_period_the_ruler_is_blank_and_says_so():
    picture = ruler(None)
    assert parsed(picture).get("aria-label").startswith("No observation period yet")
    assert shapes(picture) == [] and all_words(picture) == []


@pytest.mark.parametrize("days", [1, 5, 30, 92, 365, 800, 4000])
def test_names_of_a_short_or_long_period_stay_apart_and_inside(days):
    scale = Scale(dt.date(2026, 3, 17), dt.date(2026, 3, 17) + dt.timedelta(days=days - 1))
    xs = [percent(one["x"]) for one in shapes(ruler(Ruler("Type 2", scale)), "text")]
    assert xs == sorted(xs) and len(xs) >= 1
    assert all(0 <= x <= 96 for x in xs)
    assert all(b - a > 5 for a, b in zip(xs, xs[1:], strict=False))


def test_hang_lines_stand_where_the_rulers_marks_stand():
    lines = shapes(hang_lines(YEAR, at(7, 15)), "line")
    assert [one["class"] for one in lines].count("today-line") == 1
    assert [percent(one["x1"]) for one in lines if one["class"] != "today-line"] == pytest.approx(
        [n / 365 * 100 for n in (0, 31, 61, 92, 123, 151, 182, 212, 243, 273, 304, 335, 365)], abs=0.001
    )
    quarters = [one["x1"] for one in lines if one["class"] == "quarter"]
    assert quarters == ["0%", "25.205%", "49.863%", "74.795%", "100%"]


@pytest.mark.parametrize(
    ("top", "steps"),
    [(17, [5, 10, 15]), (9, [2, 4, 6, 8]), (4, [1, 2, 3, 4]), (96, [20, 40, 60, 80]), (0, []), (1000, [500, 1000]), (3, [1, 2, 3])],
)
def test_grid_lines_stand_at_round_values(top, steps):
    assert nice_steps(top) == steps


@given(st.integers(min_value=1, max_value=10**7))
def test_grid_lines_are_few_and_below_the_top(top):
    steps = nice_steps(top)
    assert 1 <= len(steps) <= 4
    assert steps[-1] <= top


coverage = st.lists(
    st.tuples(st.integers(min_value=-50, max_value=450), st.integers(min_value=0, max_value=200), st.booleans()).map(
        lambda one: (YEAR.start + one[0] * DAY, YEAR.start + (one[0] + one[1]) * DAY, one[2])
    ),
    max_size=8,
)


@given(coverage, st.integers(min_value=-10, max_value=400))
def test_the_band_covers_the_time_passed_exactly_once(pieces, days):
    subject = Ruler("Type 2", YEAR, now=YEAR.start + days * DAY, coverage=tuple(pieces))
    spans = observed_spans(subject)
    passed = min(max(days, 0), 365) * DAY
    assert sum(b - a for a, b, _ in spans) == passed
    assert all(a[1] == b[0] and a[2] != b[2] for a, b in zip(spans, spans[1:], strict=False))
    for start, end, seen in pieces:
        middle = (max(start, YEAR.start) + min(end, YEAR.start + passed)) / 2
        if seen and max(start, YEAR.start) < min(end, YEAR.start + passed):
            assert next(observed for a, b, observed in spans if a <= middle < b)
