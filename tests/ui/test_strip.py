import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ui.pictures.strip import MOST_SPANS, SIZES, Span, lay_out, seconds_by_state, strip
from compliance.ui.states import PRECEDENCE
from tests.ui.svg_reading import parsed, percent, shapes

DAY = 86400


def test_a_failure_within_met_time_is_drawn_last_and_stands_up():
    picture = strip([(0, 40, "met"), (40, 50, "failed"), (50, 100, "met")], 0, 100, label="AC-07")
    assert shapes(picture) == [
        {"class": "s-met", "x": "0%", "y": "10", "width": "40%", "height": "4"},
        {"class": "s-met", "x": "50%", "y": "10", "width": "50%", "height": "4"},
        {"class": "s-failed", "x": "40%", "y": "1", "width": "10%", "height": "13"},
    ]


def test_each_state_has_its_own_height_and_class():
    pieces = [(0, 20, "met"), (20, 40, "failed"), (40, 60, "waived"), (60, 80, "not_observed"), (80, 100, "no_occurrence")]
    drawn = {one["class"]: (one["y"], one["height"]) for one in shapes(strip(pieces, 0, 100, size="full"))}
    assert drawn == {
        "s-met": ("26", "7"),
        "s-no-occurrence": ("26.5", "6"),
        "s-unobserved": ("2", "31"),
        "s-waived": ("14", "19"),
        "s-failed": ("2", "31"),
    }
    assert [one["class"] for one in shapes(strip(pieces, 0, 100))][-1] == "s-failed"


@pytest.mark.parametrize(("size", "height"), [("mini", "16"), ("lane", "28"), ("full", "36")])
def test_three_sizes_have_no_view_box(size, height):
    root = parsed(strip([(0, 100, "met")], 0, 100, size=size))
    assert root.get("height") == height and root.get("width") == "100%"
    assert "viewBox" not in root.attrib


def test_what_nobody_says_was_not_observed():
    assert lay_out([(20, 30, "met")], 0, 100, now=50) == [
        Span(0, 20, "not_observed"),
        Span(20, 30, "met"),
        Span(30, 50, "not_observed"),
        Span(50, 100, ""),
    ]


def test_the_time_ahead_is_a_dotted_base_whatever_the_pieces_claim():
    picture = strip([(0, 100, "met")], 0, 100, now=60)
    assert shapes(picture, "line") == [{"class": "base", "x1": "60%", "x2": "100%", "y1": "14.5", "y2": "14.5"}]
    assert shapes(picture) == [{"class": "s-met", "x": "0%", "y": "10", "width": "60%", "height": "4"}]


def test_a_period_that_has_not_begun_is_all_ahead():
    picture = strip([], 0, 100, now=-5, label="AC-07")
    assert shapes(picture) == []
    assert parsed(picture).get("aria-label") == "AC-07: nothing has passed yet"


def test_where_pieces_overlap_the_first_of_the_precedence_holds():
    pieces = [(0, 100, "met"), (10, 50, "waived"), (20, 40, "not_observed"), (30, 35, "failed"), (0, 100, "no_occurrence")]
    assert [(span.start, span.end, span.state) for span in lay_out(pieces, 0, 100)] == [
        (0, 10, "met"),
        (10, 20, "waived"),
        (20, 30, "not_observed"),
        (30, 35, "failed"),
        (35, 40, "not_observed"),
        (40, 50, "waived"),
        (50, 100, "met"),
    ]


def test_outcomes_of_checks_are_drawn_as_the_states_they_mean():
    pieces = [(0, 25, "pass"), (25, 50, "fail"), (50, 75, "stale"), (75, 100, "not_applicable")]
    assert [span.state for span in lay_out(pieces, 0, 100)] == ["met", "failed", "not_observed", "no_occurrence"]


def test_five_minutes_of_failing_in_a_year_are_still_drawn():
    year = 365 * DAY
    picture = strip([(0, year, "met"), (200 * DAY, 200 * DAY + 300, "failed")], 0, year)
    assert [one["width"] for one in shapes(picture, css="s-failed")] == ["1"]


def test_one_day_of_a_year_is_drawn_in_proportion():
    picture = strip([(0, 365 * DAY, "met"), (10 * DAY, 11 * DAY, "failed")], 0, 365 * DAY)
    assert shapes(picture, css="s-failed")[0]["width"] == "0.274%"


def test_days_counted_by_the_caller_are_said_in_the_order_of_figures():
    days = {"failed": 11, "met": 250, "not_observed": 12, "waived": 14}
    picture = strip([(0, 100, "met")], 0, 100, label="AC-07", days=days)
    assert parsed(picture).get("aria-label") == "AC-07: met 250, failed 11, waived 14, not observed 12 of 287 days"


def test_without_counted_days_the_time_itself_is_said():
    picture = strip([(0, 9 * DAY, "met"), (9 * DAY, 10 * DAY, "failed")], 0, 10 * DAY)
    assert picture.words == "met 9, failed 1, waived 0, not observed 0 of 10 days"


def test_the_table_behind_the_strip_lists_each_interval():
    picture = strip([(0, DAY, "failed"), (DAY, 2 * DAY, "met")], 0, 2 * DAY, label="AC-07")
    assert [row[0] for row in picture.table.rows] == ["Failed", "Met"]
    assert picture.table.rows[0][1:3] == ("1 Jan 1970, 00:00 UTC", "2 Jan 1970, 00:00 UTC")


def test_a_hostile_label_cannot_become_markup():
    hostile = "\"><script>alert(1)</script>&'"
    text = str(strip([(0, 1, "met")], 0, 1, label=hostile, size="full"))
    assert "<script" not in text
    assert parsed(text).get("aria-label").startswith(hostile)


def test_a_state_nobody_knows_an_empty_range_and_an_unknown_size_are_refused():
    with pytest.raises(ValueError, match="Unknown state"):
        strip([(0, 1, "<b>fine</b>")], 0, 1)
    with pytest.raises(ValueError, match="end after its start"):
        strip([], 5, 5)
    with pytest.raises(ValueError, match="mini, lane, full"):
        strip([], 0, 1, size="huge")


def test_a_flapping_check_is_drawn_in_buckets_that_keep_every_failure_in_sight():
    pieces = [(0, 100_000, "met"), *((n * 100, n * 100 + 1, "failed") for n in range(1000))]
    picture = strip(pieces, 0, 100_000)
    assert len(shapes(picture)) <= 2 * MOST_SPANS
    assert len(picture.table.rows) == 2000
    covered = sum(percent(one["width"]) for one in shapes(picture, css="s-failed") if one["width"].endswith("%"))
    assert covered == pytest.approx(100, abs=0.1)


piece = st.tuples(
    st.integers(min_value=-500, max_value=1500),
    st.integers(min_value=0, max_value=700),
    st.sampled_from(PRECEDENCE),
).map(lambda one: (one[0], one[0] + one[1], one[2]))


@given(st.lists(piece, max_size=12), st.one_of(st.none(), st.integers(min_value=-100, max_value=1100)))
def test_spans_cover_the_range_once_and_never_overlap(pieces, now):
    spans = lay_out(pieces, 0, 1000, now)
    assert spans[0].start == 0 and spans[-1].end == 1000
    assert all(a.end == b.start for a, b in zip(spans, spans[1:], strict=False))
    assert all(span.start < span.end for span in spans)
    assert all(a.state != b.state for a, b in zip(spans, spans[1:], strict=False))
    passed = 1000 if now is None else min(max(now, 0), 1000)
    assert sum(seconds_by_state(spans).values()) == passed
    assert sum(span.end - span.start for span in spans if not span.state) == 1000 - passed


@given(st.lists(piece, max_size=12), st.integers(min_value=-100, max_value=1100), st.sampled_from(sorted(SIZES)))
def test_nothing_is_drawn_outside_the_scale_or_over_another_state(pieces, now, size):
    drawn = sorted(
        (percent(one["x"]), percent(one["width"])) for one in shapes(strip(pieces, 0, 1000, now=now, size=size)) if one["width"] != "1"
    )
    assert all(x >= 0 and x + width <= 100.0005 for x, width in drawn)
    assert all(a + width <= b + 0.0015 for (a, width), (b, _) in zip(drawn, drawn[1:], strict=False))


@given(st.lists(piece, max_size=12))
def test_every_failing_second_is_shown_as_failed(pieces):
    spans = lay_out(pieces, 0, 1000)
    for start, end, state in pieces:
        if state == "failed" and max(start, 0) < min(end, 1000):
            middle = (max(start, 0) + min(end, 1000)) / 2
            assert next(span.state for span in spans if span.start <= middle < span.end) == "failed"
