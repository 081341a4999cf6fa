"""What becomes a row of a period: pure functions of what was recorded."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.populations.catalogue import definitions
from evidence.populations.definition import Column, Definition, Feed, Filter, Shape
from evidence.populations.files import DuplicateRow, cell, write_files
from evidence.populations.gaps import gaps_of
from evidence.populations.identity import ids_digest, row_id
from evidence.populations.rows import Bounds, Change, History, LeftOut, Row, rows_of_subject, stays
from evidence.populations.sequence import Numbers, Sequence
from evidence.populations.spool import Spool

T0 = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
MARCH = Bounds(datetime(2026, 3, 1, tzinfo=BERLIN), datetime(2026, 4, 1, tzinfo=BERLIN), BERLIN)
HOUR = timedelta(hours=1)
LEAVERS = definitions()["leavers"].feeds[0]
MOVERS = definitions()["movers"].feeds[0]
MEMBERS = Feed("account", Shape.STAY, (Column("login", "name"),), ((Filter("enabled", "is_not", (False,)),),))


def at(day, hour=12):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def history(*changes):
    return History("s", "k", "ada", [Change(f"r{number}", when, fact) for number, (when, fact) in enumerate(changes)])


def rows(feed, told):
    return [each for each in rows_of_subject(told, feed, MARCH) if isinstance(each, Row)]


def test_the_digest_of_ids_is_the_published_vector():
    ids = [f"CHG-{number:04}" for number in range(1, 213)]
    assert ids_digest(reversed(ids)) == "a0787a44f4b9c09c9c833968cb5192cd8d91286caa553c5d602863b24c8039b6"
    assert ids_digest([]) == hashlib.sha256(b"").hexdigest()


def test_no_key_can_look_like_two_lines_or_like_another_row():
    assert row_id("jira", "fernhill", "ticket", "OPS-1") == "jira/fernhill/ticket/OPS-1"
    assert row_id("x", "y", "z", "a\nb\t%~") == "x/y/z/a%0Ab%09%25%7E"
    assert row_id("x", "y", "z", "a", "2") == "x/y/z/a~2" != row_id("x", "y", "z", "a~2")


def test_who_came_and_left_within_the_period_is_in_it_with_both_dates():
    told = history((at(5), {"name": "ada", "enabled": True}), (at(9), None))
    (row,) = rows(MEMBERS, told)
    assert (row.dates["present_from"], row.dates["present_until"]) == ("2026-03-05T12:00:00Z", "2026-03-09T12:00:00Z")


def test_who_was_disabled_and_came_back_has_two_rows():
    told = history((at(2), {"enabled": True}), (at(9), {"enabled": False}), (at(20), {"enabled": True}))
    assert [(each.mark, each.dates["present_until"]) for each in rows(MEMBERS, told)] == [("", "2026-03-09T12:00:00Z"), ("2", None)]


def test_who_was_gone_before_the_period_or_came_after_it_is_not_in_it():
    before = history((datetime(2026, 2, 1, tzinfo=UTC), {"enabled": True}), (datetime(2026, 2, 20, tzinfo=UTC), None))
    after = history((datetime(2026, 4, 2, tzinfo=UTC), {"enabled": True}))
    assert rows(MEMBERS, before) == rows(MEMBERS, after) == []


def test_a_member_whom_a_filter_leaves_out_is_counted_with_the_reason():
    (left,) = rows_of_subject(history((at(2), {"enabled": False})), MEMBERS, MARCH)
    assert left == LeftOut("not: enabled is not no")


def test_an_unknown_field_keeps_a_member_in_the_list():
    assert len(rows(MEMBERS, history((at(2), {"enabled": None})))) == 1


def test_a_corrected_last_day_counts_once_with_its_last_value():
    told = history((at(2), {"last_day": "2026-03-20"}), (at(4), {"last_day": "2026-03-25"}))
    (row,) = rows(LEAVERS, told)
    assert row.dates == {"at": "2026-03-25"}


def test_who_left_and_was_hired_again_is_still_a_leaver_of_that_day():
    told = history((at(2), {"last_day": "2026-03-10"}), (at(28), {"last_day": ""}))
    (row,) = rows(LEAVERS, told)
    assert row.dates == {"at": "2026-03-10"} and row.change.record_id == "r0"


def test_a_leave_that_was_called_off_before_its_day_never_happened():
    assert rows(LEAVERS, history((at(2), {"last_day": "2026-03-20"}), (at(5), {"last_day": ""}))) == []


def test_who_leaves_twice_is_in_it_twice():
    told = history((at(2), {"last_day": "2026-03-05"}), (at(10), {"last_day": "2026-03-30"}))
    assert [(each.mark, each.dates["at"]) for each in rows(LEAVERS, told)] == [("", "2026-03-05"), ("2", "2026-03-30")]


def test_a_day_belongs_to_the_period_in_the_zone_and_ends_are_included():
    for day, inside in (("2026-02-28", 0), ("2026-03-01", 1), ("2026-03-31", 1), ("2026-04-01", 0)):
        assert len(rows(LEAVERS, history((at(2), {"last_day": day})))) == inside


@pytest.mark.parametrize(("value", "reason"), [(None, "was not shown"), ("soon", "cannot be read"), (7, "cannot be read")])
def test_a_date_that_is_none_is_counted_and_said(value, reason):
    (left,) = rows_of_subject(history((at(2), {"last_day": value})), LEAVERS, MARCH)
    assert isinstance(left, LeftOut) and reason in left.reason


def test_each_move_of_the_period_is_a_row():
    moves = [
        {"day": "2026-02-01", "before": "a", "after": "b"},
        {"day": "2026-03-01", "before": "b", "after": "c"},
        {"day": "2026-03-01", "before": "c", "after": "d"},
    ]
    found = rows(MOVERS, history((at(2), {"moves": moves})))
    assert [(each.mark, each.part["after"]) for each in found] == [("2026-03-01", "c"), ("2026-03-01.2", "d")]


@given(st.lists(st.sampled_from(["there", "other", "gone"]), max_size=12), st.integers(0, 12), st.integers(1, 13))
@settings(max_examples=150, deadline=None)
def test_stays_equal_a_replay_hour_by_hour(states, start, length):
    facts = {"there": {"enabled": True}, "other": {"enabled": False}, "gone": None}
    changes = [Change(str(number), T0 + number * HOUR, facts[state]) for number, state in enumerate(states)]
    found = list(stays(changes, MEMBERS.takes))
    for hour in range(len(states) + 2):
        moment = T0 + hour * HOUR
        replayed = states[min(hour, len(states) - 1)] == "there" if states else False
        assert any(each.start.at <= moment and (each.end is None or moment < each.end) for each in found) == replayed
    bounds = Bounds(T0 + start * HOUR, T0 + (start + length) * HOUR, BERLIN)
    there = any(states[min(hour, len(states) - 1)] == "there" for hour in range(start, start + length)) if states else False
    told = History("s", "k", "ada", changes)
    assert any(isinstance(each, Row) for each in rows_of_subject(told, MEMBERS, bounds)) == there


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), max_size=5), st.integers(0, 20), st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_gaps_and_pieces_never_overlap_and_leave_no_hour_unspoken_of(spans, start, length):
    pieces, edge = [], 0
    for skip, run in spans:
        begin = edge + 1 + skip
        pieces.append((T0 + begin * HOUR, T0 + (begin + run) * HOUR))
        edge = begin + run
    first, until = T0 + start * HOUR, T0 + (start + length) * HOUR
    gaps = gaps_of(pieces, first, until, timedelta(0))
    for half in range(2 * length):
        moment = first + timedelta(minutes=15) + half * HOUR / 2
        covered = any(begin <= moment < end for begin, end in pieces)
        assert covered != any(each.start <= moment < each.end for each in gaps)


def test_a_gap_after_the_last_reading_begins_only_when_the_next_one_is_overdue():
    pieces = [(T0, T0 + HOUR)]
    assert gaps_of(pieces, T0, T0 + 2 * HOUR, timedelta(hours=3)) == []
    assert [each.kind for each in gaps_of(pieces, T0, T0 + 9 * HOUR, timedelta(hours=3))] == ["after"]
    assert [each.kind for each in gaps_of([], T0, T0 + HOUR, timedelta(hours=3))] == ["never"]


@given(st.lists(st.text(alphabet="ab/~%é\U0001f600", max_size=6), unique=True, max_size=40), st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_a_spool_gives_everything_back_in_bytewise_order_whatever_fits_into_memory(keys, run_bytes):
    with Spool(run_bytes=run_bytes) as spool:
        for key in keys:
            spool.add(row_id("v", "a", "k", key), b"{}")
        ids = [row_id for row_id, _line in spool.ordered()]
    assert ids == sorted(ids) and len(ids) == len(set(ids)) == len(keys)


def test_two_rows_of_one_identity_are_refused():
    with pytest.raises(DuplicateRow, match="twice"):
        write_files([(b"a", b"{}"), (b"a", b"{}")], ["id"], io.BytesIO(), io.BytesIO(), lambda _rows: None)


def test_the_table_holds_no_formula_and_the_lines_stay_as_they_are():
    jsonl, table = io.BytesIO(), io.BytesIO()
    written = write_files([(b"a", b'{"id":"a","title":"=1+1"}')], ["id", "title"], jsonl, table, lambda _rows: None)
    assert table.getvalue() == b"id,title\r\na,'=1+1\r\n"
    assert written.rows_digest == hashlib.sha256(jsonl.getvalue()).hexdigest()
    assert [cell(each) for each in ("@x", " =x", "-1", -1, None, True, ["a", "b"])] == ["'@x", "' =x", "'-1", "-1", "", "yes", "a; b"]


def test_holes_in_numbers_are_counted_per_group():
    numbers = Numbers(Sequence("name", "project", "x"))
    for name in ("OPS-3 Disk full", "OPS-7 Mail down", "OPS-4 x", "no number"):
        numbers.add({"name": name, "project": "OPS"})
    told = numbers.told()
    assert told["groups"] == [{"group": "OPS", "first": 3, "last": 7, "rows": 3, "missing": 2, "named": [5, 6]}] and told["unread"] == 1


def test_every_kind_has_columns_that_its_facts_have_or_says_what_is_missing():
    for each in definitions().values():
        assert each.missing and len(set(each.columns)) == len(each.columns)
        assert isinstance(each, Definition) and each.title
