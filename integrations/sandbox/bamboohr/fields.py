"""The fields of a record under the three names that BambooHR's endpoints give them, with the right that shows each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from integrations.sandbox.bamboohr.state import Employee, State

NAME, JOB, PRIVATE = "employee:name", "employee:job", "private"


@dataclass(frozen=True, slots=True)
class Column:
    """One field. `right`: the OAuth scope that shows it; `private` is shown to nobody but whoever was granted all."""

    value: Callable[[State, Employee], Any]
    right: str = NAME


def _text(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value or None


def _job(name: str) -> Callable[[State, Employee], Any]:
    def value(state: State, employee: Employee) -> Any:
        row = employee.job_on(state.today())
        return _text(getattr(row, name)) if row is not None else None

    return value


def _manager(state: State, employee: Employee) -> str | None:
    row = employee.job_on(state.today())
    return str(row.reports_to) if row is not None and row.reports_to is not None else None


def _manager_name(state: State, employee: Employee) -> str | None:
    held = state.employees.get(int(_manager(state, employee) or 0))
    return held.name if held is not None else None


def _status(state: State, employee: Employee) -> str:
    return "Active" if employee.is_active_on(state.today()) else "Inactive"


def _employment(state: State, employee: Employee) -> str | None:
    row = employee.status_on(state.today())
    return row.status if row is not None else None


def _private(name: str) -> Column:
    return Column(lambda _state, employee: employee.private.get(name), PRIVATE)


def _custom(name: str) -> Column:
    return Column(lambda _state, employee: employee.custom.get(name))


FIRST = Column(lambda _state, employee: employee.first)
LAST = Column(lambda _state, employee: employee.last)
EMAIL = Column(lambda _state, employee: _text(employee.email))
STATUS = Column(_status)
HIRED = Column(lambda _state, employee: _text(employee.hired), JOB)
ORIGINAL = Column(lambda _state, employee: _text(employee.original_hire), JOB)
ENDED = Column(lambda _state, employee: _text(employee.terminated_on()), JOB)
NUMBER = Column(lambda _state, employee: _text(employee.number), JOB)
TITLE, DEPARTMENT, LOCATION = (Column(_job(name), JOB) for name in ("title", "department", "location"))
MANAGER, MANAGER_NAME = Column(_manager, JOB), Column(_manager_name, JOB)
EMPLOYMENT = Column(_employment, JOB)


def listed() -> Mapping[str, Column]:
    """`fields` of GET /api/v1/employees."""
    return {
        "workEmail": EMAIL,
        "bestEmail": EMAIL,
        "hireDate": HIRED,
        "departmentName": DEPARTMENT,
        "locationName": LOCATION,
        "employmentStatusName": EMPLOYMENT,
        "reportsToId": MANAGER,
        "reportsToName": MANAGER_NAME,
        **{name: _private(name) for name in ("homeEmail", "homePhone", "mobilePhone", "birthDate")},
    }


def single(state: State) -> Mapping[str, Column]:
    """`fields` of GET /api/v1/employees/{id}."""
    return {
        "firstName": FIRST,
        "lastName": LAST,
        "workEmail": EMAIL,
        "status": STATUS,
        "hireDate": HIRED,
        "originalHireDate": ORIGINAL,
        "terminationDate": ENDED,
        "employeeNumber": NUMBER,
        "jobTitle": TITLE,
        "department": DEPARTMENT,
        "location": LOCATION,
        "supervisorEId": MANAGER,
        "supervisor": MANAGER_NAME,
        "employmentStatus": EMPLOYMENT,
        **{name: _custom(name) for name in state.custom_fields},
        **{name: _private(name) for name in ("birthDate", "ssn", "gender", "marital", "homeEmail", "homePhone", "mobilePhone", "address1", "city", "payRate", "payType")},
    }  # fmt: skip


def dataset(state: State) -> Mapping[str, Column]:
    """Fields of the dataset `employee`."""
    return {
        "eeid": Column(lambda _state, employee: str(employee.id)),
        "employeeNumber": NUMBER,
        "firstName": FIRST,
        "lastName": LAST,
        "email": EMAIL,
        "status": STATUS,
        "hireDate": HIRED,
        "originalHireDate": ORIGINAL,
        "terminationDate": ENDED,
        "employmentStatus": EMPLOYMENT,
        "jobInformationJobTitle": TITLE,
        "jobInformationDepartment": DEPARTMENT,
        "jobInformationLocation": LOCATION,
        "supervisorId": MANAGER,
        **{name: _custom(name) for name in state.custom_fields},
        **{name: _private(name) for name in ("birthDate", "ssn", "gender", "homeEmail", "address1", "compensationPayRate")},
    }
