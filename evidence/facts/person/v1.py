"""A person on the roster of the personnel system: employee, contractor or intern, here, on leave or gone."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Part):
    """A leave of absence, days as `2026-03-01`, ends included; `last_day` is "" while it is open."""

    first_day: str
    last_day: str = ""
    kind: str = ""


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Part):
    """A change of department or title, in force from `day` on; `before` and `after` are department and title joined by " / "."""

    day: str
    before: str
    after: str


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Fact):
    """`subject` is the personnel system's own id. `employment`: employee, contractor or intern. `status`: pre_start, active, leave or
    terminated, as the system says. Days as `2026-03-01`; `last_day` is the last working day, "" when none is set, None when unknown.
    `ended_at`: the exact end where the system gives a time. `end_recorded_at`: when the end was entered (an instant).
    `end_recorded_after`: an instant at which the end was not yet entered; where it is given, `end_recorded_at` is no exact instant but
    the latest possible one, and where it is "" that earlier instant is unknown. None: `end_recorded_at` is exact.
    `other_emails`: earlier and further addresses, in order. `zone`: the person's IANA time zone, None when unknown.
    `manager`: the manager's subject, "" when there is none; `manager_status`: the manager's `status`, "" when no such person is on
    the roster, None when unknown. `heads`: of an active person without a manager, how many active people of the roster have none."""

    KIND: ClassVar[str] = "person"
    VERSION: ClassVar[int] = 1

    employee_number: str = ""
    work_email: str | None = None
    other_emails: tuple[str, ...] = ()
    employment: str | None = None
    status: str | None = None
    hired: str | None = None
    last_day: str | None = None
    ended_at: str | None = None
    end_recorded_at: str | None = None
    end_recorded_after: str | None = None
    department: str | None = None
    title: str | None = None
    location: str | None = None
    zone: str | None = None
    manager: str | None = None
    manager_status: str | None = None
    heads: int | None = None
    leaves: tuple[Leave, ...] = ()
    moves: tuple[Move, ...] = ()
