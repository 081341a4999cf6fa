"""The state of a control over time and its days: the rule by a worked example, the arithmetic by properties."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from controls.counting import count_days, day_edges
from controls.days import bounds, days, totals
from controls.health import PRECEDENCE, Due, Piece, Point, pieces, state_at, state_of_occurrence, state_of_point
from controls.outcomes import CheckState, ControlState

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 1, tzinfo=UTC)
ORDER = [ControlState.FAILED, ControlState.NOT_OBSERVED, ControlState.WAIVED, ControlState.MET, ControlState.NO_OCCURRENCE]


def day(number: float) -> datetime:
    """An instant so many days after the first of March."""
    return START + timedelta(days=number)


# -- the rule, worked through ------------------------------------------------------------------------------------------------


def test_the_state_of_a_control_through_a_month():
    """Two checks decide, and a review is due on the 20th with two days of grace, performed on the 25th.

    day  0  nothing has looked yet
    day  2  both checks pass
    day  5  one user fails the first check; on day 7 that is waived, on day 9 a second user fails, who is not
    day 10  both are mended
    day 12  the second check's permission is lost: not observed, although the first passes
    day 13  while it is, a user fails the first check: what is known to fail outweighs what is unknown
    day 14  mended and observed again
    day 16  the second check speaks of nobody any more, with an explanation; the first still passes
    day 17  by rule the first speaks of nobody either: no occurrence
    day 18  nobody is found and nobody explained why
    day 19  both pass again
    day 22  the review is late, and stays failed until it is performed on day 25
    """
    first = [
        (2, CheckState.PASS), (5, CheckState.FAIL, 1, 0), (7, CheckState.FAIL, 1, 1), (9, CheckState.FAIL, 2, 1), (10, CheckState.PASS),
        (13, CheckState.FAIL, 1, 0), (14, CheckState.PASS), (17, CheckState.NOT_APPLICABLE), (19, CheckState.PASS),
    ]  # fmt: skip
    points = [Point(day(at), "first", state, *counts) for at, state, *counts in first]
    points += [
        Point(day(2), "second", CheckState.PASS), Point(day(12), "second", CheckState.ERROR), Point(day(14), "second", CheckState.PASS),
        Point(day(16), "second", CheckState.NO_POPULATION, explained=True), Point(day(18), "second", CheckState.NO_POPULATION),
        Point(day(19), "second", CheckState.PASS),
    ]  # fmt: skip
    review = Due(opens_at=day(19), due_at=day(20), late_at=day(22), performed_at=day(25))
    month = pieces(points, [review], day(0), day(31))
    states = [(round((piece.start - START) / timedelta(days=1)), piece.state.value) for piece in month]
    joined = [each for number, each in enumerate(states) if number == 0 or states[number - 1][1] != each[1]]
    assert joined == [
        (0, "not_observed"), (2, "met"), (5, "failed"), (7, "waived"), (9, "failed"), (10, "met"), (12, "not_observed"), (13, "failed"),
        (14, "met"), (17, "no_occurrence"), (18, "not_observed"), (19, "met"), (22, "failed"), (25, "met"),
    ]  # fmt: skip
    assert month[0].start == day(0) and month[-1].end == day(31)


def test_the_order_of_precedence_is_the_one_everybody_reads():
    assert sorted(PRECEDENCE, key=PRECEDENCE.__getitem__) == ORDER


def test_an_occurrence_performed_in_time_is_met_until_its_due_date_and_silent_after():
    review = Due(opens_at=day(0), due_at=day(10), late_at=day(12), performed_at=day(3))
    assert [state_of_occurrence(review, day(at)) for at in (0, 9.9, 10, 30)] == [ControlState.MET, ControlState.MET, None, None]


def test_an_occurrence_within_grace_is_neither_met_nor_failed():
    review = Due(opens_at=day(0), due_at=day(10), late_at=day(12))
    found = [state_of_occurrence(review, day(at)) for at in (0, 10, 11.9, 12, 400)]
    assert found == [ControlState.NO_OCCURRENCE, None, None, ControlState.FAILED, ControlState.FAILED]


def test_every_check_state_but_pass_is_not_green():
    green = [state for state in CheckState if state_of_point(Point(START, "c", state, failing=1)) is ControlState.MET]
    assert green == [CheckState.PASS]


def test_without_anything_that_decides_nothing_was_observed():
    assert [(piece.start, piece.end, piece.state) for piece in pieces([], [], day(0), day(3))] == [
        (day(0), day(3), ControlState.NOT_OBSERVED)
    ]


# -- properties ----------------------------------------------------------------------------------------------------------------

hours = st.integers(0, 24 * 20)
point = st.builds(
    lambda at, check, state, failing, waived, explained: Point(START + timedelta(hours=at), check, state, failing, min(waived, failing), explained),
    hours, st.sampled_from("abc"), st.sampled_from(CheckState), st.integers(0, 3), st.integers(0, 3), st.booleans(),
)  # fmt: skip
occurrence = st.builds(
    lambda opens, length, grace, performed: Due(
        START + timedelta(hours=opens), START + timedelta(hours=opens + length), START + timedelta(hours=opens + length + grace),
        None if performed is None else START + timedelta(hours=opens + performed),
    ),
    hours, st.integers(1, 100), st.integers(0, 50), st.none() | st.integers(0, 200),
)  # fmt: skip
many = settings(max_examples=150, deadline=None)


def one_each(points):
    """At most one point per check and instant, as the tables hold."""
    return list({(each.check, each.at): each for each in points}.values())


@many
@given(st.lists(point, max_size=15), st.lists(occurrence, max_size=3), hours, st.integers(1, 400))
def test_pieces_cover_the_time_once_in_order_and_neighbours_differ(points, dues, begin, length):
    start = START + timedelta(hours=begin)
    end = start + timedelta(hours=length)
    found = pieces(one_each(points), dues, start, end)
    assert found[0].start == start and found[-1].end == end
    for earlier, later in zip(found, found[1:], strict=False):
        assert earlier.end == later.start
        assert (earlier.state, earlier.reason) != (later.state, later.reason)
    assert all(piece.start < piece.end for piece in found)


@many
@given(st.lists(point, max_size=15), st.lists(occurrence, max_size=3), st.lists(st.floats(0, 480), min_size=1, max_size=12))
def test_at_every_instant_the_piece_says_what_the_rule_says_of_it(points, dues, asked):
    """The rule written again, by hand: the worst of what each check's latest point and each occurrence say."""
    points = one_each(points)
    found = pieces(points, dues, START, START + timedelta(hours=481))
    for hour in asked:
        at = START + timedelta(hours=hour)
        said = []
        for check in "abc":
            known = sorted((each for each in points if each.check == check and each.at <= at), key=lambda each: each.at)
            if known:
                said.append(state_of_point(known[-1]))
        said += [state for due in dues if (state := state_of_occurrence(due, at)) is not None]
        worst = next((state for state in ORDER if state in said), ControlState.NOT_OBSERVED)
        (piece,) = [each for each in found if each.start <= at < each.end]
        assert piece.state is worst


@many
@given(st.lists(point, max_size=12), st.lists(occurrence, max_size=3), hours, hours)
def test_deriving_from_the_middle_gives_the_same_as_deriving_from_the_start(points, dues, cut, length):
    points = one_each(points)
    middle, end = START + timedelta(hours=cut), START + timedelta(hours=cut + length + 1)
    whole = pieces(points, dues, START, end)
    again = pieces(points, dues, middle, end)
    assert again == [Piece(max(each.start, middle), each.end, each.state, each.reason) for each in whole if each.end > middle]


@many
@given(st.lists(point, max_size=12))
def test_a_failing_check_is_never_hidden_by_another(points):
    failing = Point(START, "z", CheckState.FAIL, failing=1)
    by_check = {}
    for each in sorted(one_each(points), key=lambda each: each.at):
        by_check.setdefault(each.check, []).append(each)
    state, _reason = state_at([*by_check.values(), [failing]], [], START + timedelta(days=40))
    assert state is ControlState.FAILED


# -- days ----------------------------------------------------------------------------------------------------------------------

DST = [date(2026, 3, 27), date(2026, 10, 23)]  # the clock changes on 29 March (23 hours) and on 25 October (25 hours)
cuts = st.lists(st.integers(0, 6 * 24 * 3600), min_size=1, max_size=14, unique=True)


@st.composite
def histories(draw):
    """Pieces, gaps included, over six local days around a change of the clock."""
    first = draw(st.sampled_from([*DST, date(2026, 6, 1)]))
    start, _end = bounds(first, first, BERLIN)
    instants = [start.astimezone(UTC) + timedelta(seconds=each) for each in sorted(draw(cuts))]
    found = []
    for begin, end in zip(instants, instants[1:], strict=False):
        if draw(st.booleans()) or draw(st.booleans()):
            found.append(Piece(begin, end, draw(st.sampled_from(ControlState))))
    return first, found


@many
@given(histories(), st.integers(0, 7))
def test_counting_fast_equals_counting_day_by_day(history, shown):
    first, found = history
    last = first + timedelta(days=shown)
    slow = totals(days(found, first, last, BERLIN))
    until = bounds(last, last, BERLIN)[1]
    fast = count_days(
        [(each.start.timestamp(), each.end.timestamp(), each.state.value) for each in found], day_edges(first, last, BERLIN, until)
    )
    assert fast == {state.value: number for state, number in slow.items()}
    assert sum(fast.values()) == shown + 1


@many
@given(histories())
def test_seconds_of_a_day_add_up_to_its_length_also_when_the_clock_changes(history):
    first, found = history
    for each in days(found, first, first + timedelta(days=5), BERLIN):
        hours_of_day = {date(2026, 3, 29): 23, date(2026, 10, 25): 25}.get(each.day, 24)
        assert sum(each.seconds.values()) == hours_of_day * 3600


@many
@given(histories())
def test_a_day_shows_the_first_state_of_the_order_that_it_contains(history):
    first, found = history
    for each in days(found, first, first + timedelta(days=5), BERLIN):
        assert each.state is next(state for state in ORDER if each.seconds.get(state))


def test_a_day_that_is_not_over_is_not_counted():
    met = [Piece(day(0), day(31), ControlState.MET)]
    noon = datetime(2026, 3, 10, 12, tzinfo=BERLIN)
    counted = days(met, date(2026, 3, 5), date(2026, 3, 20), BERLIN, until=noon)
    assert [each.day for each in counted] == [date(2026, 3, number) for number in range(5, 10)]
    assert len(day_edges(date(2026, 3, 5), date(2026, 3, 20), BERLIN, noon)) == 6


def test_a_second_without_a_look_makes_the_day_not_observed_but_does_not_hide_a_failure():
    start, end = bounds(date(2026, 3, 5), date(2026, 3, 5), BERLIN)
    later = start + timedelta(hours=5)
    gap = [Piece(start, later, ControlState.MET), Piece(later + timedelta(seconds=1), end, ControlState.MET)]
    assert days(gap, date(2026, 3, 5), date(2026, 3, 5), BERLIN)[0].state is ControlState.NOT_OBSERVED
    failing = [Piece(start, later, ControlState.FAILED), *gap[1:]]
    assert days(failing, date(2026, 3, 5), date(2026, 3, 5), BERLIN)[0].state is ControlState.FAILED
