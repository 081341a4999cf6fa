"""A small company at BambooHR: Elena heads it, Marta manages Tom, Hugo left, Kit is a contractor, Lea begins next month."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from integrations.sandbox.bamboohr.server import Running, running
from integrations.sandbox.bamboohr.state import TERMINATED, Application, Employee, Key, State
from integrations.sandbox.clock import Clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
API_KEY = "key-of-the-small-company"
REFRESH = "refresh-of-the-small-company"
SECRET = "secret-of-the-small-company"
RIGHTS = {"employees", "job", "employmentStatus", "report", "company:info"}
SCOPES = {"employee:name", "employee:job", "employee_directory", "report", "company:info", "public.integration"}
ELENA, MARTA, TOM, HUGO, KIT, LEA = range(1, 7)


def enter(state: State, number: int, name: str, hired: date, status: str, title: str, manager: int | None) -> None:
    first, _, last = name.partition(" ")
    email = f"{first.lower()}@fernhill.example"
    state.add(Employee(number, f"E{number:04}", first, last, email, hired))
    state.set_status(number, hired, status)
    state.set_job(number, hired, title, "Engineering", "Berlin", manager)


@pytest.fixture
def state() -> State:
    clock = Clock(NOON - timedelta(days=100))
    made = State(company="fernhill", clock=clock, name="Fernhill", custom_fields=["formerWorkEmails", "contractEndDate"])
    enter(made, ELENA, "Elena Rossi", date(2019, 3, 5), "Full-Time", "Chief executive", None)
    enter(made, MARTA, "Marta Lindqvist", date(2022, 6, 22), "Full-Time", "Head of engineering", ELENA)
    enter(made, TOM, "Tom Okafor", date(2021, 3, 13), "Full-Time", "Platform engineer", MARTA)
    enter(made, HUGO, "Hugo Laurent", date(2020, 2, 19), "Full-Time", "Frontend engineer", MARTA)
    enter(made, KIT, "Kit Lambert", date(2025, 2, 1), "Contractor", "Consultant", TOM)
    enter(made, LEA, "Lea Winkler", date(2026, 4, 1), "Intern", "Data intern", TOM)
    made.edit(KIT, custom={"contractEndDate": "2026-06-30"})
    made.set_status(HUGO, date(2026, 2, 20), TERMINATED, reason="Personal reasons", comment="moves to a rival")
    made.keys[API_KEY] = Key(API_KEY, "marta@fernhill.example", set(RIGHTS))
    made.applications["app"] = Application("app", SECRET, REFRESH, set(SCOPES))
    clock.set(NOON)
    return made


@pytest.fixture
def twin(state: State) -> Iterator[Running]:
    with running(state) as served:
        yield served
