"""What the twin holds: employees with their history tables, credentials with their rights, and when each record last changed."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from integrations.sandbox.clock import Clock

TERMINATED = "Terminated"
PRIVATE = {
    "birthDate": "1987-06-05",
    "ssn": "123-45-6789",
    "gender": "Female",
    "marital": "Married",
    "homeEmail": "private-address@home.example",
    "homePhone": "+49 30 5550199",
    "mobilePhone": "+49 170 5550142",
    "address1": "Privatweg 7",
    "city": "Hohen Neuendorf",
    "payRate": "61234.00 EUR",
    "payType": "Salary",
}


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A row of the table employmentStatus: the status that is in force from `day` on."""

    id: int
    day: date
    status: str
    comment: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A row of the table jobInfo: title and place in the company from `day` on. `reports_to` is an employee's id, None for nobody."""

    id: int
    day: date
    title: str
    department: str
    location: str
    reports_to: int | None


@dataclass
class Employee:
    """One record. `custom` are fields that this company added; `private` what a connection has no business with."""

    id: int
    number: str
    first: str
    last: str
    email: str
    hired: date
    original_hire: date | None = None
    statuses: list[StatusRow] = field(default_factory=list)
    jobs: list[JobRow] = field(default_factory=list)
    custom: dict[str, str] = field(default_factory=dict)
    private: dict[str, str] = field(default_factory=lambda: dict(PRIVATE))

    @property
    def name(self) -> str:
        """As people say it."""
        return f"{self.first} {self.last}".strip()

    def status_on(self, day: date) -> StatusRow | None:
        """The row of employmentStatus in force on that day."""
        past = [row for row in self.statuses if row.day <= day]
        return max(past, key=lambda row: (row.day, row.id)) if past else None

    def job_on(self, day: date) -> JobRow | None:
        """The row of jobInfo in force on that day; of somebody who has not begun, the first one."""
        past = [row for row in self.jobs if row.day <= day]
        if past:
            return max(past, key=lambda row: (row.day, row.id))
        return min(self.jobs, key=lambda row: (row.day, row.id)) if self.jobs else None

    def is_active_on(self, day: date) -> bool:
        """Whether BambooHR calls the record Active: employment has begun and no termination is in force."""
        row = self.status_on(day)
        return row is not None and row.status != TERMINATED

    def terminated_on(self) -> date | None:
        """The date of the latest termination that no later employment follows."""
        last = max(self.statuses, key=lambda row: (row.day, row.id), default=None)
        return last.day if last is not None and last.status == TERMINATED else None


@dataclass
class Key:
    """An API key, which has the rights of the user who made it. `sees` None: every employee."""

    value: str
    email: str
    rights: set[str]
    revoked: bool = False


@dataclass
class Application:
    """An OAuth application with its grant; access tokens live an hour."""

    client_id: str
    client_secret: str
    refresh_token: str
    scopes: set[str]
    tokens: dict[str, datetime] = field(default_factory=dict)
    revoked: bool = False
    rotates: bool = False  # whether a refresh token is good once
    redirect_uri: str = ""
    codes: set[str] = field(default_factory=set)


@dataclass
class State:
    """One company. Every change goes through the methods, which note when the record changed. Thread-safe with `lock`."""

    company: str
    clock: Clock
    name: str = ""
    employees: dict[int, Employee] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    changed: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    hidden_fields: set[str] = field(default_factory=set)  # no credential sees these
    hidden_employees: set[int] = field(default_factory=set)
    custom_fields: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _rows: int = 1000

    def today(self) -> date:
        """The twin's day, UTC."""
        return self.clock.now().date()

    def add(self, employee: Employee) -> Employee:
        """A new record. Raises ValueError when the id is taken."""
        if employee.id in self.employees:
            raise ValueError(f"there is an employee {employee.id} already")
        self.employees[employee.id] = employee
        self._note(employee.id, "Inserted")
        return employee

    def edit(self, number: int, **fields: Any) -> None:
        """Change fields of a record; `custom` is merged."""
        employee = self.employees[number]
        employee.custom.update(fields.pop("custom", {}))
        for name, value in fields.items():
            setattr(employee, name, value)
        self._note(number, "Updated")

    def set_status(self, number: int, day: date, status: str, **more: str) -> None:
        """A row of employmentStatus."""
        self.employees[number].statuses.append(StatusRow(self._row(), day, status, **more))
        self._note(number, "Updated")

    def set_job(self, number: int, day: date, title: str, department: str, location: str, reports_to: int | None) -> None:
        """A row of jobInfo."""
        self.employees[number].jobs.append(JobRow(self._row(), day, title, department, location, reports_to))
        self._note(number, "Updated")

    def delete(self, number: int) -> None:
        """Take a record away for good."""
        del self.employees[number]
        self._note(number, "Deleted")

    def visible(self) -> list[Employee]:
        """What credentials may see, by id."""
        return [each for number, each in sorted(self.employees.items()) if number not in self.hidden_employees]

    def changes(self, since: datetime, kinds: Iterable[str]) -> dict[int, tuple[str, datetime]]:
        """The latest change of each record after `since`."""
        wanted = set(kinds)
        return {number: row for number, row in sorted(self.changed.items()) if row[1] > since and row[0] in wanted}

    def _row(self) -> int:
        self._rows += 1
        return self._rows

    def _note(self, number: int, action: str) -> None:
        before = self.changed.get(number)
        fresh = before is not None and before[0] == "Inserted" and before[1] == self.clock.now()
        self.changed[number] = ("Inserted" if fresh and action == "Updated" else action, self.clock.now())
