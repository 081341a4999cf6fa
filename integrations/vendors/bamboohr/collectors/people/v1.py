"""From BambooHR's records and history tables to people. Pure: a kept page gives the same fact years later.

A record of the roster is a mapping of our own meanings (`names.py`) to values, whichever endpoint it came from. The system calls a record
Active or Inactive; what that means follows from its history, never from today's date: Inactive after a termination is somebody who left,
Inactive without one is somebody who has not begun.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from evidence.facts.person.v1 import Leave, Move, Person
from evidence.facts.roster.v1 import Roster
from integrations.vendors.bamboohr.collectors import names
from integrations.vendors.bamboohr.collectors.values import Row, day, filled, is_day, needed, text

TERMINATED = "terminated"
PRE_START, ACTIVE, LEAVE = "pre_start", "active", "leave"
HERE = frozenset({ACTIVE, LEAVE})
WITH_AN_END = ("contractor", "intern")  # of an employee a forgotten field must not end the employment


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the connection's settings say: words in small letters, zones by location, the zone of other locations ("" when none)."""

    leave: frozenset[str] = frozenset()
    contractors: frozenset[str] = frozenset()
    interns: frozenset[str] = frozenset()
    zones: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """When the end of an employment was entered: at the latest `at`, after `after` ("" when that is unknown)."""

    last_day: str
    at: str
    after: str


def from_list(row: Row) -> dict[str, object]:
    """A record out of GET /api/v1/employees. A field that the credential may not see is null there and named: unknown is not nothing."""
    restricted = row.get("_restrictedFields")
    hidden = {str(each) for each in restricted} if isinstance(restricted, list) else set()
    return {meaning: row[name] for meaning, name in names.LISTED.items() if name in row and name not in hidden}


def from_single(row: Row, fields: Mapping[str, str]) -> dict[str, object]:
    """A record out of GET /api/v1/employees/{id}, where a hidden field is left out. `fields`: meaning -> the field's name."""
    return {meaning: row[name] for meaning, name in fields.items() if name in row}


def from_dataset(row: Row, columns: Mapping[str, str]) -> dict[str, object]:
    """A record out of a dataset, which writes "" where there is nothing. `columns`: meaning -> the column's name."""
    held = row.get("fields")
    values = held if isinstance(held, Mapping) else {}
    return {meaning: None if values[name] == "" else values[name] for meaning, name in columns.items() if name in values}


def person(
    record: Row, statuses: Sequence[Row] | None, jobs: Sequence[Row] | None, choices: Choices, entered: Entered | None = None
) -> Person:
    """One person. `statuses` and `jobs` are the person's rows of employmentStatus and jobInfo, None when they may not be read.
    Raises KeyError for a record without id or status."""
    history = _dated(statuses)
    status = _status(record, history, choices)
    last_day = _last_day(record, history, status, choices)
    location, email = filled(record, names.LOCATION), filled(record, names.EMAIL)
    known = entered is not None and entered.last_day == last_day and bool(last_day)
    return Person(
        subject=needed(record, names.ID),
        name=" ".join(part for part in (text(record, names.FIRST), text(record, names.LAST)) if part),
        employee_number=text(record, names.NUMBER) or "",
        work_email=email.lower() if email is not None else None,
        other_emails=_emails(text(record, names.FORMER), email),
        employment=_employment(record, history, choices),
        status=status,
        hired=day(record, names.HIRED),
        last_day=last_day,
        end_recorded_at=entered.at if known and entered is not None else None,
        end_recorded_after=entered.after if known and entered is not None else None,
        department=filled(record, names.DEPARTMENT),
        title=filled(record, names.TITLE),
        location=location,
        zone=choices.zones.get(location or "", choices.zone) or None,
        manager=filled(record, names.MANAGER),
        leaves=_leaves(history, choices),
        moves=_moves(jobs),
    )


def with_managers(people: Sequence[Person]) -> list[Person]:
    """The same people, each with the manager's status, and those without a manager with how many such there are."""
    status = {each.subject: each.status for each in people}
    heads = sum(each.manager == "" and each.status in HERE for each in people)
    return [_with_manager(each, status, heads) for each in people]


def _with_manager(person: Person, status: Mapping[str, str | None], heads: int) -> Person:
    if person.manager:
        return replace(person, manager_status=status.get(person.manager, ""))
    return replace(person, heads=heads) if person.manager == "" and person.status in HERE else person


def roster(subject: str, people: Sequence[Person], read_day: str, before: tuple[str, int] | None) -> Roster:
    """The roster as a whole; `before` is an earlier reading's day and its number of active people."""
    return Roster(
        subject=subject,
        name=f"Roster of {subject}",
        read_day=read_day,
        people=len(people),
        active=sum(each.status in HERE for each in people),
        active_before=before[1] if before is not None else None,
        before_day=before[0] if before is not None else "",
    )


def _dated(rows: Sequence[Row] | None) -> list[tuple[str, str]]:
    """(day, status) in order of time; rows without a day or a status say nothing."""
    found = [(day(row, "date"), text(row, "employmentStatus"), _order(row)) for row in rows or ()]
    kept = sorted((when, order, status) for when, status, order in found if when and status)
    return [(when, status) for when, _order_, status in kept]


def _order(row: Row) -> tuple[int, str]:
    number = text(row, "id") or ""
    return (int(number) if number.isdecimal() and len(number) < 16 else 0, number)


def _status(record: Row, history: Sequence[tuple[str, str]], choices: Choices) -> str | None:
    said = needed(record, names.STATUS).lower()
    if said == "active":
        current = (text(record, names.EMPLOYMENT) or "").lower()
        return LEAVE if current in choices.leave else ACTIVE
    if said != "inactive":
        return None
    ended = bool(day(record, names.ENDED)) or any(_is_end(status) for _when, status in history)
    if not ended and not history and names.ENDED not in record:
        return None  # neither history nor date could be read: left, or not begun
    return TERMINATED if ended else PRE_START


def _is_end(status: str) -> bool:
    return status.lower().startswith("terminat")


def _last_day(record: Row, history: Sequence[tuple[str, str]], status: str | None, choices: Choices) -> str | None:
    end = _end(history, inactive=status in (TERMINATED, None)) or day(record, names.ENDED)
    if end:
        return end
    planned = text(record, names.CONTRACT)
    if planned and is_day(planned) and _employment(record, history, choices) in WITH_AN_END:
        return planned
    readable = bool(history) or names.ENDED in record
    return "" if readable and status != TERMINATED else None


def _end(history: Sequence[tuple[str, str]], *, inactive: bool) -> str:
    """The termination that counts: of somebody who is gone the latest; of others only one that nothing follows."""
    ends = [when for when, status in history if _is_end(status)]
    if not ends:
        return ""
    return ends[-1] if inactive or _is_end(history[-1][1]) else ""


def _employment(record: Row, history: Sequence[tuple[str, str]], choices: Choices) -> str | None:
    """employee, contractor or intern: by the current status, or the latest that is neither leave nor an end."""
    words = [status.lower() for _when, status in history] + [(text(record, names.EMPLOYMENT) or "").lower()]
    telling = [word for word in words if word and word not in choices.leave and not _is_end(word)]
    if not telling:
        return None
    if telling[-1] in choices.contractors:
        return "contractor"
    return "intern" if telling[-1] in choices.interns else "employee"


def _emails(said: str | None, current: str | None) -> tuple[str, ...]:
    parts = (said or "").replace(";", ",").replace("\n", ",").split(",")
    found = dict.fromkeys(each.strip().lower() for each in parts if "@" in each)
    return tuple(sorted(each for each in found if each != (current or "").lower()))


def _leaves(history: Sequence[tuple[str, str]], choices: Choices) -> tuple[Leave, ...]:
    """A leave lasts from its row to the day before the next one; the last is open."""
    found = []
    for place, (when, status) in enumerate(history):
        if status.lower() not in choices.leave:
            continue
        following = next((after for after, other in history[place + 1 :] if after > when and other.lower() not in choices.leave), "")
        if place and history[place - 1][1].lower() in choices.leave:
            continue  # one leave that goes on under another name
        found.append(Leave(first_day=when, last_day=_before(following) if following else "", kind=status))
    return tuple(found)


def _before(following: str) -> str:
    return (date.fromisoformat(following) - timedelta(days=1)).isoformat() if following > "0001-01-01" else following


def _moves(jobs: Sequence[Row] | None) -> tuple[Move, ...]:
    """Changes of department or title, in order of time; the first row is no change."""
    rows = sorted((when, _order(row), _place(row)) for row in jobs or () if (when := day(row, "date")))
    return tuple(
        Move(day=when, before=before, after=after)
        for (_earlier, _order_, before), (when, _order__, after) in zip(rows, rows[1:], strict=False)
        if before != after
    )


def _place(row: Mapping[str, Any]) -> str:
    return f"{text(row, 'department') or ''} / {text(row, 'jobTitle') or ''}"
