"""Rows of any shape: the collector makes a fact with a canonical form of them, or says that they are not as documented. Nothing else."""

import contextlib
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from compliance.seal.canonical import fact_bytes
from integrations.sandbox.bamboohr.server import Running
from integrations.vendors.bamboohr.collectors import names
from integrations.vendors.bamboohr.collectors.changes import v1 as changes
from integrations.vendors.bamboohr.collectors.people import v1 as people
from integrations.vendors.bamboohr.collectors.people.v1 import Choices, Entered
from integrations.vendors.bamboohr.collectors.values import day, instant
from integrations.vendors.bamboohr.reading import UNSOUND, checked
from tests.integrations.bamboohr.scanning import reading

pytestmark = pytest.mark.slow  # each takes minutes of the time that all fast tests share

MEANINGS = [value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)]
ROW_FIELDS = ["id", "employeeId", "date", "employmentStatus", "department", "jobTitle", "location", "lastChanged", "action", "fields"]
ODD: list[Any] = [
    None, True, False, 0, -1, 2**53, 10**400, 1.5, "", " ", "0000-00-00", "2026-13-01", "2026-02-30", "0001-01-01", "9999-12-31", "2026-03-01",
    "２０２６-03-01", "2026-03-01T12:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "Active", "Inactive", "ACTIVE", "active ",
    "Terminated", "terminated - layoff", "Leave of Absence", "Contractor", "Intern", "a@b", "@", ",;,@", "\ud800", "\x00", "x" * 10_000, "‮", "🙂",
    [], {}, [None], {"id": None}, [[[]]], {"a": {"b": []}}, "1e309", "NaN", "-0", "4" * 30,
]  # fmt: skip
CHOICES = Choices(
    leave=frozenset({"leave of absence"}),
    contractors=frozenset({"contractor"}),
    interns=frozenset({"intern"}),
    zones={"Berlin": "Europe/Berlin"},
)
VALUES = some.sampled_from(ODD) | some.text(max_size=8) | some.integers() | some.dates().map(str)
RECORDS = some.dictionaries(some.sampled_from(MEANINGS), VALUES, max_size=14)
ROWS = some.lists(some.dictionaries(some.sampled_from(ROW_FIELDS), VALUES, max_size=8), max_size=6)


def judged(record: dict, statuses: list | None, jobs: list | None, choices: Choices = CHOICES) -> bool:
    """Whether the rows became a fact; anything but a fact or a told-apart row raises."""
    with contextlib.suppress(*UNSOUND):
        fact = checked(people.person(record, statuses, jobs, choices, Entered("2026-03-01", "2026-03-01T12:00:00Z", "")))
        with contextlib.suppress(UnicodeEncodeError):  # a lone surrogate has no bytes; the recorder refuses such a fact, see there
            assert fact_bytes(fact.payload()) == fact_bytes(type(fact).load(fact.payload()).payload())
        people.with_managers([fact, fact])
        assert fact.status in (None, "pre_start", "active", "leave", "terminated")
        assert fact.employment in (None, "employee", "contractor", "intern")
        for each in (fact.hired, fact.last_day):
            assert each in (None, "") or day({"x": each}, "x") == each
        return True
    return False


@settings(deadline=None, max_examples=300)
@given(record=RECORDS, statuses=ROWS | some.none(), jobs=ROWS | some.none())
def test_any_record_with_any_history_becomes_a_person_or_is_told_apart(record: dict, statuses: list | None, jobs: list | None) -> None:
    judged(record, statuses, jobs)


def test_a_hundred_thousand_odd_values_in_sound_records() -> None:
    chance = random.Random(20260301)
    sound = {
        names.ID: "3", names.STATUS: "Inactive", names.FIRST: "Tom", names.LAST: "Okafor", names.HIRED: "2021-03-13", names.EMPLOYMENT: "Full-Time",
        names.ENDED: "2026-02-01", names.MANAGER: "2", names.EMAIL: "tom@fernhill.example", names.DEPARTMENT: "Engineering",
    }  # fmt: skip
    row = {
        "id": "7",
        "employeeId": "3",
        "date": "2026-01-01",
        "employmentStatus": "Full-Time",
        "department": "Engineering",
        "jobTitle": "Engineer",
    }
    made, values = 0, 0
    while values < 100_000:
        record, rows = dict(sound), [dict(row) for _each in range(3)]
        for target in (record, *rows):
            for name in chance.sample(sorted(target), 3):
                target[name] = chance.choice(ODD)
                values += 1
        made += judged(record, rows[:2], rows[1:])
    assert made > 3000


@settings(deadline=None, max_examples=200)
@given(row=some.dictionaries(some.sampled_from(ROW_FIELDS), VALUES, max_size=6), number=some.text(max_size=5))
def test_any_entry_of_the_feed_becomes_a_change_or_is_told_apart(row: dict, number: str) -> None:
    with contextlib.suppress(*UNSOUND):
        fact = checked(changes.change(number, row))
        assert fact.at == instant(row, "lastChanged")


@settings(deadline=None, max_examples=200)
@given(row=some.dictionaries(some.sampled_from([*names.LISTED.values(), "_restrictedFields", "fields"]), VALUES, max_size=8))
def test_any_row_of_any_endpoint_becomes_a_record(row: dict) -> None:
    for made in (people.from_list(row), people.from_dataset(row, {names.ID: "eeid"}), people.from_single(row, names.SINGLE)):
        assert set(made) <= set(MEANINGS)


def test_names_of_any_script_come_through_http_unchanged(twin: Running) -> None:
    odd = [
        "O'Brien",
        "Müller-Lüdenscheidt",
        "محمد",
        "李小龍",
        "‮gnirts",
        "<script>alert(1)</script>",
        "'; DROP TABLE people; --",
        "{{7*7}}",
        "🙂",
    ]
    for number, name in enumerate(odd, 100):
        twin.state.add(type(twin.state.employees[1])(number, f"E{number}", "X", name, f"x{number}@fernhill.example", twin.state.today()))
        twin.state.set_status(number, twin.state.today(), "Full-Time")
    with reading(twin) as run:
        found = {each.name for each in run.facts().values()}
        assert run.context.faults("person") == ()
    assert {f"X {name}" for name in odd} <= found
