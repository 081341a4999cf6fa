"""Rows into facts: what is stated is taken exactly, what is not is refused, and nothing is guessed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controls.registry import definitions
from evidence.facts import instants
from evidence.facts.fact import Part
from evidence.facts.job_schedule.v1 import JobSchedule
from evidence.facts.person.v1 import Leave, Person
from evidence.facts.vulnerability.v1 import Vulnerability
from integrations.importing.delimited import read_delimited
from integrations.importing.fields import DAYS, INSTANTS, fields_of, schema_of
from integrations.importing.kinds import DERIVED, kinds
from integrations.importing.lines import read_lines
from integrations.importing.mapping import Choice, ColumnMap, check_map, load_map, suggest
from integrations.importing.refusals import Refused, Unreadable
from integrations.importing.rows import facts_of
from integrations.importing.strict import fact_of
from integrations.importing.table import Row, Table
from integrations.importing.values import value_of
from integrations.importing.workbook import Formula

FIELDS = {each.name: each for each in fields_of(Person)}
BERLIN = "Europe/Berlin"


def taken(text, *choices, fact=Person, zone=BERLIN):
    return facts_of(fact, read_delimited(text, ","), ColumnMap((Choice("subject", "id"), *choices), zone))


def value(field, cell, written="iso", empty="unknown", zone=BERLIN):
    return value_of(FIELDS[field], cell, written, empty, zone)


def test_every_kind_there_is_can_be_brought_but_none_that_is_computed():
    assert {"person", "account", "object_store", "vulnerability", "job_run"} <= set(kinds())
    assert not DERIVED & set(kinds())
    readers = [(kind, each.vendor) for each in definitions().values() for kind in each.kinds]
    computed = {kind for kind, _vendor in readers} - {kind for kind, vendor in readers if vendor not in ("people", "quality")}
    assert computed <= DERIVED


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_is_described_and_takes_back_its_own_payload(kind):
    fact = kinds()[kind]
    assert schema_of(fact)["required"][0] == "subject"
    filled = {
        each.name: "2026-03-01T00:00:00Z"
        if each.form == "instant"
        else "2026-03-01"
        if each.form == "day"
        else "x"
        if each.form == "text"
        else 1
        if each.form == "number"
        else True
        if each.form == "yes_no"
        else []
        for each in fields_of(fact)
        if each.required
    }
    made = fact_of(fact, filled)
    assert fact_of(fact, made.payload()) == made


def test_every_text_field_whose_name_is_one_of_time_is_read_as_time():
    assert {"found", "scheduled_for", "last_used"} <= INSTANTS and {"hired", "last_day"} <= DAYS
    assert {each.form for each in fields_of(JobSchedule) if each.name in ("first_due", "last_due")} == {"instant"}
    assert next(each for each in fields_of(JobSchedule) if each.name == "due").item == "instant"


@settings(max_examples=200, deadline=None)
@given(moment=st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2150, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_a_point_in_time_with_its_zone_is_that_point(moment):
    assert value("ended_at", moment.isoformat()) == instants.to_text(moment)
    assert value("ended_at", moment.astimezone(ZoneInfo("Asia/Kolkata")).isoformat()) == instants.to_text(moment)


@settings(max_examples=100, deadline=None)
@given(
    day=st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 1, 1)),
    written=st.sampled_from([("iso", "%Y-%m-%d"), ("dmy.", "%d.%m.%Y"), ("dmy/", "%d/%m/%Y"), ("mdy/", "%m/%d/%Y")]),
)
def test_a_day_is_the_same_day_however_it_is_written(day, written):
    assert value("hired", day.strftime(written[1]), written[0]) == day.isoformat()


@pytest.mark.parametrize(
    ("cell", "written", "said"),
    [
        ("2026-03-29 02:30", "iso", "does not exist"),
        ("2026-10-25 02:30", "iso", "comes twice"),
        ("31.02.2026", "dmy.", "not written"),
        ("2026-03-01", "dmy.", "not written"),
        ("01/13/2026", "dmy/", "not written"),
        ("yesterday", "iso", "not written"),
        ("20260301", "iso", "not written"),
        ("0999-01-01", "iso", "outside"),
        ("9999-12-31", "iso", "outside"),
        ("1e9", "epoch", "not written"),
    ],
)
def test_a_time_that_is_none_is_refused(cell, written, said):
    with pytest.raises(Refused, match=said):
        value("ended_at", cell, written)


def test_a_time_without_zone_is_in_the_zone_that_was_stated():
    assert value("ended_at", "2026-07-01 12:00") == "2026-07-01T10:00:00Z"
    assert value("ended_at", "2026-07-01 12:00", zone="UTC") == "2026-07-01T12:00:00Z"
    assert value("ended_at", "1772359200", "epoch") == "2026-03-01T10:00:00Z"
    assert value("ended_at", datetime(2026, 7, 1, 12)) == "2026-07-01T10:00:00Z"  # noqa: DTZ001 - a workbook's cell


def test_an_empty_cell_means_what_was_said_it_means():
    assert value("last_day", "", empty="unknown") is None
    assert value("last_day", "", empty="none") == ""
    assert value("leaves", "") == ()


@pytest.mark.parametrize(("cell", "said"), [(Formula("=1+1"), "formula"), ("a\x00b", "NUL"), ("x" * 32_001, "characters")])
def test_hostile_cells_are_refused(cell, said):
    with pytest.raises(Refused, match=said):
        value("title", cell)


def test_each_refused_row_names_line_column_value_and_reason():
    outcome = taken(
        "id,email,hired\nE1,a@x.example,2026-03-01\nE2,b@x.example,3rd of May\n,c@x.example,2026-03-01\n",
        Choice("work_email", "email"),
        Choice("hired", "hired"),
    )
    assert [(line, each.subject) for line, each in outcome.facts] == [(2, "E1")]
    assert [(each.line, each.column, each.value) for each in outcome.refused] == [(3, "hired", "3rd of May"), (4, "id", "")]
    assert "2026-03-31" in outcome.refused[0].reason


def test_two_rows_of_one_subject_that_differ_are_both_refused_and_repetitions_count_once():
    outcome = taken("id,title\nE1,a\nE2,b\nE1,c\nE2,b\n", Choice("title", "title"))
    assert [(line, each.subject) for line, each in outcome.facts] == [(3, "E2")]
    assert [(each.line, each.reason) for each in outcome.refused] == [
        (2, "lines 2, 4 have this subject and differ"),
        (4, "lines 2, 4 have this subject and differ"),
    ]
    assert (outcome.repeated, outcome.total) == (1, 4)


def test_words_are_written_as_facts_write_them():
    [(_line, fact)] = taken(
        "id,sev,st\nF1,Moderate,Not affected\n", Choice("severity", "sev"), Choice("state", "st"), fact=Vulnerability
    ).facts
    assert (fact.severity, fact.state) == ("medium", "not_affected")


def test_nested_parts_stand_in_one_cell_as_json_and_are_checked():
    [(_line, fact)] = taken('id,leaves\nE1,"[{""first_day"": ""2026-03-01"", ""kind"": ""parental""}]"\n', Choice("leaves", "leaves")).facts
    assert fact.leaves == (Leave(first_day="2026-03-01", kind="parental"),)
    refused = taken('id,leaves\nE1,"[{""first_day"": ""soon""}]"\n', Choice("leaves", "leaves")).refused
    assert "a day such as 2026-03-01" in refused[0].reason


def test_json_lines_bring_their_own_types():
    table = read_lines(b'{"id": "E1", "other_emails": ["a@x.example"], "leaves": []}\n{"id": "E2", "other_emails": [1]}\n')
    outcome = facts_of(
        Person, table, ColumnMap((Choice("subject", "id"), Choice("other_emails", "other_emails"), Choice("leaves", "leaves")))
    )
    assert [each.other_emails for _line, each in outcome.facts] == [("a@x.example",)]
    assert [each.line for each in outcome.refused] == [2]


def test_columns_are_suggested_by_name_and_by_what_the_world_calls_them():
    columns = ("Employee ID", "E-Mail", "Hire Date", "Job Title", "Last Day", "Salary")
    found = {each.field: each.column for each in suggest(Person, Table(columns), BERLIN).choices}
    assert found == {"subject": "Employee ID", "work_email": "E-Mail", "hired": "Hire Date", "title": "Job Title", "last_day": "Last Day"}


@pytest.mark.parametrize(
    ("cells", "written"),
    [
        (["01.02.2024", "", "28.02.2024"], "dmy."),
        (["01/02/2024"], "iso"),
        (["01/02/2024", "28/02/2024"], "dmy/"),
        (["01/02/2024", "02/28/2024"], "mdy/"),
        (["2024-02-01"], "iso"),
        (["soon"], "iso"),
        ([], "iso"),
    ],
)
def test_how_time_is_written_is_suggested_only_where_there_is_no_doubt(cells, written):
    table = Table(("id", "hired"), [Row(number, ("E1", cell)) for number, cell in enumerate(cells, start=2)])
    assert suggest(Person, table, BERLIN).by_field["hired"].format == written


def test_a_kept_mapping_holds_where_its_columns_are_there():
    kept = ColumnMap((Choice("subject", "Nr"), Choice("title", "Stelle"), Choice("employment", constant="employee")), "UTC")
    found = suggest(Person, Table(("Nr", "Email")), BERLIN, load_map(kept.plain()))
    assert {(each.field, each.column, each.constant) for each in found.choices} == {
        ("subject", "Nr", ""),
        ("employment", "", "employee"),
        ("work_email", "Email", ""),
    }
    assert found.zone == "UTC"


@pytest.mark.parametrize(
    "change",
    [
        {"choices": ()},
        {"zone": "Mars/Olympus"},
        {"choices": (Choice("subject", "pay"),)},
        {"choices": (Choice("subject", "id"), Choice("salary", "id"))},
        {"choices": (Choice("subject", "id", format="swatch"),)},
        {"choices": (Choice("subject", "id", empty="zero"),)},
    ],
)
def test_a_mapping_that_cannot_work_is_refused(change):
    good = ColumnMap((Choice("subject", "id"),), "UTC")
    check_map(Person, good, ("id",))
    with pytest.raises(Unreadable):
        check_map(Person, ColumnMap(change.get("choices", good.choices), change.get("zone", "UTC")), ("id",))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=8), each, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(
    payload=st.dictionaries(st.sampled_from([*FIELDS, "pay"]), JSON, max_size=6), kind=st.sampled_from([Person, Vulnerability, JobSchedule])
)
def test_a_pushed_payload_is_a_fact_that_reads_itself_back_or_is_refused(payload, kind):
    try:
        made = fact_of(kind, payload)
    except Refused as error:
        assert error.reason
        return
    assert isinstance(made, Part) and fact_of(kind, made.payload()) == made == replace(made)
