import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ui.pictures.calls_bar import calls_bar
from compliance.ui.pictures.duration_bars import duration_bars
from compliance.ui.pictures.histogram import histogram
from compliance.ui.pictures.limit_line import limit_line
from compliance.ui.pictures.matrix import Cell, Column, Row, matrix
from compliance.ui.pictures.matrix import shapes as packed
from compliance.ui.pictures.picture import DataTable
from compliance.ui.pictures.risk_grid import risk_grid
from compliance.ui.pictures.runs_strip import runs_strip
from compliance.ui.pictures.scale import Scale
from compliance.ui.pictures.sparkline import sparkline
from compliance.ui.pictures.stack_bar import parts_bar, stack_bar
from compliance.ui.pictures.step_line import Series, step_line
from compliance.ui.pictures.svg import el
from compliance.ui.pictures.week_bars import week_bars
from compliance.ui.states import FIGURES
from tests.ui.svg_reading import all_words, parsed, percent, shapes

DAY = 86400
WEEK = 7 * DAY
TEN_WEEKS = Scale(dt.date(2026, 1, 5), dt.date(2026, 3, 15))
HOSTILE = "\"/><script>alert('x')</script>"


# ------------------------------------------------------------ week bars


def test_a_week_stands_on_the_axis_with_the_unobserved_above_the_failing():
    picture = week_bars([(TEN_WEEKS.start, 3, 0), (TEN_WEEKS.start + WEEK, 2, 4)], TEN_WEEKS, total=96)
    failing, unobserved = shapes(picture, css="bar--failed"), shapes(picture, css="s-unobserved")
    assert [(one["x"], one["width"], one["y"], one["height"]) for one in failing] == [
        ("1.15%", "7.7%", "113", "93"),
        ("11.15%", "7.7%", "144", "62"),
    ]
    assert [(one["y"], one["height"]) for one in unobserved] == [("18", "124")]
    assert "Between 2 and 3 of 96 controls failed" in picture.words


def test_the_last_week_is_cut_at_the_end_of_the_period():
    picture = week_bars([(TEN_WEEKS.end - 3 * DAY, 1, 0), (TEN_WEEKS.end + DAY, 9, 0)], TEN_WEEKS)
    assert len(shapes(picture, css="bar--failed")) == 1
    assert percent(shapes(picture, css="bar--failed")[0]["x"]) + percent(shapes(picture, css="bar--failed")[0]["width"]) < 100


def test_no_weeks_are_no_bars_and_a_negative_count_is_refused():
    assert shapes(week_bars([], TEN_WEEKS)) == []
    with pytest.raises(ValueError, match="fewer than no"):
        week_bars([(TEN_WEEKS.start, -1, 0)], TEN_WEEKS)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=10))
def test_bars_stay_between_the_axis_and_the_top(counts):
    weeks = [(TEN_WEEKS.start + index * WEEK, failing, unseen) for index, (failing, unseen) in enumerate(counts)]
    for one in shapes(week_bars(weeks, TEN_WEEKS)):
        assert float(one["y"]) >= 15 and float(one["y"]) + float(one["height"]) <= 206.2


# ------------------------------------------------------------ step line


def test_a_count_is_drawn_in_steps_and_ends_with_its_value():
    picture = step_line([Series("Users", "ink", ((0, 2), (50, 4)))], 0, 100, title="Users", now=80)
    assert shapes(picture, "path")[0]["d"] == "M0 58H500V16H800"
    assert shapes(picture, "text", "value") == [{"class": "value", "x": "80%", "dx": "8", "y": "20"}]
    assert all_words(picture)[-1] == "4"


def test_no_line_crosses_what_was_not_observed():
    picture = step_line([Series("Users", "ink", ((0, 4),))], 0, 100, title="Users", gaps=[(40, 60)])
    assert shapes(picture, "path")[0]["d"] == "M0 16H400M600 16H1000"
    assert [(one["x"], one["width"]) for one in shapes(picture, css="s-unobserved")] == [("40%", "20%")]


def test_failing_subjects_are_blocks_from_zero():
    series = Series("Failing", "failed", ((0, 0), (20, 1), (30, 0), (90, 2)), filled=True)
    picture = step_line([series], 0, 100, title="Failing", height=72)
    assert [(one["x"], one["width"], one["y"], one["height"]) for one in shapes(picture, css="s-failed")] == [
        ("20%", "10%", "38", "22"),
        ("90%", "10%", "16", "44"),
    ]
    with pytest.raises(ValueError, match="begin at zero"):
        step_line([series], 0, 100, title="Failing", floor=1)


def test_points_out_of_order_and_unknown_tones_are_refused():
    with pytest.raises(ValueError, match="order of time"):
        Series("Users", "ink", ((5, 1), (2, 1)))
    with pytest.raises(ValueError, match="Unknown tone"):
        Series("Users", "pink", ())


def test_several_lines_are_told_apart_in_the_table():
    two = [Series("Failing", "failed", ((0, 1),)), Series("Not observed", "unobserved", ((0, 0), (5, 3)))]
    table = step_line(two, 0, 10, title="Trend", dated=True).table
    assert [heading for heading, _ in table.columns] == ["Line", "Since", "Value"]
    assert [(row[0], row[2]) for row in table.rows] == [("Failing", "1"), ("Not observed", "0"), ("Not observed", "3")]


points = st.lists(st.tuples(st.integers(-200, 1200), st.integers(0, 5000)), max_size=15).map(lambda some: tuple(sorted(some)))


@given(points, st.lists(st.tuples(st.integers(0, 900), st.integers(1, 100)), max_size=3), st.booleans())
def test_steps_and_blocks_stay_on_the_scale(some, gaps, filled):
    series = Series("Users", "failed", some, filled=filled)
    picture = step_line([series], 0, 1000, title="Users", gaps=[(a, a + length) for a, length in gaps], now=800)
    for one in shapes(picture, css="s-failed"):
        assert float(one["y"]) >= 15.9 and float(one["y"]) + float(one["height"]) <= 100.2
        assert percent(one["x"]) <= 80
    for path in shapes(picture, "path"):
        numbers = [float(part) for part in path["d"].replace("M", " ").replace("H", " ").replace("V", " ").split()]
        assert all(-0.1 <= number <= 1000 for number in numbers)


# ------------------------------------------------------------ runs


def test_runs_are_told_apart_by_height_and_counted():
    runs = [
        (0, 10, "complete", ""),
        (50, 60, "failed", "403"),
        (20, 30, "partial", "licence"),
        (90, None, "running", ""),
        (500, 510, "failed", ""),
    ]
    picture = runs_strip(runs, 0, 100, label="GitHub")
    assert [(one["class"], one["x"], one["height"]) for one in shapes(picture)] == [
        ("s-met", "0%", "10"),
        ("s-no-occurrence", "90%", "10"),
        ("s-waived", "20%", "16"),
        ("s-failed", "50%", "23"),
    ]
    assert parsed(picture).get("aria-label") == "GitHub: 4 runs: 1 complete, 1 partial, 1 failed, 1 running"
    assert [row[0] for row in picture.table.rows] == ["Running", "Failed", "Partial", "Complete"]


def test_an_unknown_outcome_of_a_run_is_refused():
    with pytest.raises(ValueError, match="complete, running, partial, failed"):
        runs_strip([(0, 1, "ok", "")], 0, 100)


# ------------------------------------------------------------ stack bar


def test_each_control_is_one_mark_worst_first():
    picture = stack_bar({"met": 2, "failed": 1, "no_occurrence": 1, "waived": 1, "not_observed": 1}, label="CC6", widest=20)
    drawn = shapes(picture)
    assert [one["class"] for one in drawn] == ["bar--failed", "s-unobserved", "s-waived", "s-met", "s-met", "s-no-occurrence"]
    assert [one["x"] for one in drawn] == ["0.42%", "5.42%", "10.42%", "15.42%", "20.42%", "25.42%"]
    assert parsed(picture).get("aria-label") == "CC6: 2 met, 1 failing, 1 waived, 1 not observed, 1 no occurrence"


def test_a_large_group_is_drawn_in_proportion():
    drawn = shapes(stack_bar({"met": 150, "failed": 50}))
    assert [(one["class"], one["x"], one["width"]) for one in drawn] == [("bar--failed", "0%", "24.7%"), ("s-met", "25%", "74.7%")]


counts = st.dictionaries(st.sampled_from(FIGURES), st.integers(0, 60))


@given(counts, st.integers(1, 100))
def test_marks_of_a_group_add_up_and_never_overlap(some, widest):
    picture = stack_bar(some, widest=widest)
    drawn = [(percent(one["x"]), percent(one["width"])) for one in shapes(picture)]
    total = sum(some.values())
    if max(total, widest) <= 42:
        assert len(drawn) == total
    assert all(x >= 0 and x + width <= 100.01 for x, width in drawn)
    assert all(a + width <= b + 0.31 for (a, width), (b, _) in zip(drawn, drawn[1:], strict=False))
    assert sum(int(row[1]) for row in picture.table.rows) == total


def test_fewer_than_no_controls_are_refused():
    with pytest.raises(ValueError, match="fewer than no"):
        stack_bar({"met": -1})


def test_parts_of_open_work_share_one_bar():
    picture = parts_bar([("overdue", 3, "failed"), ("open", 4, "plain")], widest=10, label="Tom Okafor")
    assert [(one["class"], one["x"], one["width"]) for one in shapes(picture)] == [("bar--failed", "0%", "29.4%"), ("bar", "30%", "39.4%")]
    assert picture.words == "overdue 3, open 4"


# ------------------------------------------------------------ matrix


def test_a_criterion_that_no_control_covers_in_operation_is_a_gap():
    text = matrix(
        [Row("CC6.1", "Access"), Row("CC6.5", "Disposal")],
        [Column("AC-01", "/c/1"), Column("DV-04")],
        {("CC6.1", "AC-01"): Cell("operation", "failed", "/c/1"), ("CC6.5", "DV-04"): Cell("design", "met")},
    )
    assert text.count("is-gap") == 1
    assert "<b>CC6.5</b> Disposal<span" in text
    assert 'aria-label="AC-01 on CC6.1: operation, failing"' in text
    assert 'href="#i-m-failed"' in text and 'href="#i-m-design"' in text
    assert text.count("<td></td>") == 2


def test_hostile_names_in_a_matrix_are_words():
    text = matrix([Row(HOSTILE, HOSTILE, HOSTILE)], [Column(HOSTILE, HOSTILE)], {(HOSTILE, HOSTILE): Cell("operation", "met", HOSTILE)})
    assert "<script" not in text


def test_a_kind_of_coverage_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="operation, design, supporting"):
        Cell("wishful", "met")


def test_packed_marks_are_counted_worst_first():
    text = packed(["met", "failed", "met", "waived"])
    assert 'aria-label="4 controls: 1 failing, 1 waived, 2 met"' in text
    assert text.index("i-m-failed") < text.index("i-m-waived") < text.index("i-m-operation")


# ------------------------------------------------------------ calls and sparkline


def test_calls_are_measured_against_the_limit():
    picture = calls_bar([(0, 1000), (DAY, 2500)], 0, 2 * DAY, limit=5000, label="Calls", throttled=3)
    assert [(one["class"], one["x"], one["height"]) for one in shapes(picture)] == [("bar", "5%", "11.2"), ("bar", "55%", "28")]
    assert picture.words == "3,500 calls in 2 days, 2,500 on the busiest day of 5,000 allowed: 50.0\u202f% left; 3 held back by the vendor."
    assert len(shapes(picture, "line", "limit")) == 1


def test_a_limit_far_away_is_said_not_drawn():
    picture = calls_bar([(0, 100)], 0, DAY, limit=5000)
    assert shapes(picture, "line", "limit") == []
    assert float(shapes(picture)[0]["height"]) == 56


def test_a_day_at_the_limit_stands_out():
    assert shapes(calls_bar([(0, 5000)], 0, DAY, limit=5000))[0]["class"] == "bar--failed"


def test_a_sparkline_says_its_ends():
    picture = sparkline([4, 2, 9], label="Failing", tone="failed")
    assert parsed(picture).get("aria-label") == "Failing: 9 now, 2 at the lowest, 9 at the highest"
    assert shapes(picture, "path")[0]["d"] == "M0 8.7H33.3V11.6H66.7V1.5H100"
    assert parsed(sparkline([], label="Failing")).get("aria-label") == "Failing: no values yet"
    with pytest.raises(ValueError, match="Unknown tone"):
        sparkline([1], tone="rainbow")


# ------------------------------------------------------------ escaping, for all


def test_hostile_words_never_become_markup():
    scale = TEN_WEEKS
    pictures = [
        week_bars([(scale.start, 1, 1)], scale, title=HOSTILE, noun=HOSTILE),
        step_line([Series(HOSTILE, "ink", ((0, 1),))], 0, 10, title=HOSTILE, unit=HOSTILE, dated=True),
        runs_strip([(0, 1, "failed", HOSTILE)], 0, 10, label=HOSTILE),
        stack_bar({"met": 1}, label=HOSTILE),
        parts_bar([(HOSTILE, 1, "plain")], widest=1, label=HOSTILE),
        calls_bar([(0, 1)], 0, DAY, label=HOSTILE),
        sparkline([1], label=HOSTILE),
    ]
    for picture in pictures:
        assert "<script" not in str(picture)
        parsed(picture)


def test_attributes_and_children_are_escaped_where_they_are_written():
    assert el("text", "<&", title='"') == '<text title="&quot;">&lt;&amp;</text>'
    assert el("line", x1=None, class_="", y1=0) == '<line y1="0"/>'


def test_a_table_with_a_short_row_is_refused():
    with pytest.raises(ValueError, match="needs 2 cells"):
        DataTable("Runs", (("A", False), ("B", True)), (("one",),))


# ------------------------------------------------------------ durations, distributions, limits, risks


def test_open_failures_stand_out_and_the_limit_is_a_line():
    picture = duration_bars([("deploy-hotfix", 4 * DAY, True), ("m.achterberg", 2 * DAY, False)], limit=DAY)
    assert [(one["class"], one["width"]) for one in shapes(picture)] == [("bar--failed", "100%"), ("bar", "50%")]
    assert shapes(picture, "line", "limit")[0]["x1"] == "25%"
    assert picture.words == "deploy-hotfix 4\u202fd, open; m.achterberg 2\u202fd, fixed. Limit 1\u202fd."
    assert shapes(duration_bars([])) == []
    with pytest.raises(ValueError, match="less than no time"):
        duration_bars([("x", -1, True)])


def test_a_distribution_counts_what_came_too_late():
    picture = histogram([("4 h", 8), ("1 d", 4), ("later", 2)], title="Time to revoke", late_from=2, noun="leavers")
    assert [(one["class"], one["height"]) for one in shapes(picture)] == [("bar", "78"), ("bar", "39"), ("bar--failed", "19.5")]
    assert picture.words == "4 h: 8, 1 d: 4, later: 2; 14 leavers in all, 2 beyond the limit."
    with pytest.raises(ValueError, match="at least one bin"):
        histogram([], title="Time to revoke")


def test_the_upper_limit_is_drawn_beside_the_tolerable_rate_without_a_conclusion():
    picture = limit_line(4.0, 14.7, 10, confidence=90)
    assert [(one["x"], one["width"]) for one in shapes(picture)][0] == ("20%", "53.5%")
    assert shapes(picture, "line", "limit")[0]["x1"] == "50%"
    assert all(word not in str(picture).lower() for word in ("accept", "effective", "conclu", "pass"))
    with pytest.raises(ValueError, match="at least the rate"):
        limit_line(20, 10, 5, confidence=90)


@given(st.floats(0, 50), st.floats(0, 50), st.floats(0, 100))
def test_a_limit_never_leaves_its_scale(rate, above, tolerable):
    picture = limit_line(rate, rate + above, tolerable, confidence=95)
    for one in shapes(picture):
        assert percent(one["x"]) <= 100.001


def test_risks_above_the_appetite_are_hatched_not_coloured():
    picture = risk_grid({(5, 5): 2, (1, 1): 3}, appetite=12)
    assert len(shapes(picture)) == 25
    assert len(shapes(picture, css="cell-above")) == sum(1 for a in range(1, 6) for b in range(1, 6) if a * b > 12)
    assert picture.words == "5 risks, 2 above the appetite of 12."
    assert picture.table.rows == (("5", "5", "2"), ("1", "1", "3"))
    with pytest.raises(ValueError, match="from 1 to 5"):
        risk_grid({(6, 1): 1})
