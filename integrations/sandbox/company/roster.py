"""The people of the demo company as its personnel system knows them, with the defaults of `fernhill.yaml` worked out.

Days count from the start of the story: `day(start, 31)` is the date. A past `joined` is a date and does not move with the story.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from integrations.sandbox.company import fernhill

HOME = "Berlin"
NOTICE_DAYS = 14  # a termination is entered so many days before the last one, unless the roster says when


@dataclass(frozen=True, slots=True)
class Absence:
    """A leave of absence, both days included; `to_day` None: still open at the end of the story."""

    from_day: int
    to_day: int | None
    kind: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Another team and title from `day` on, under that manager (a user)."""

    day: int
    team: str
    department: str
    title: str
    manager: str


@dataclass(frozen=True, slots=True)
class Renaming:
    """A new name and address from `day` on (negative: before the story); `recorded`: the personnel system keeps the former address."""

    day: int
    name: str
    email: str
    recorded: bool


@dataclass(frozen=True, slots=True)
class Record:
    """An earlier employment under another number, never merged with the later one."""

    employee: str
    email: str
    title: str
    department: str
    joined: date
    left: date


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person. `email` is the address of the accounts. `joins_day` None: joined on `joined`. `leaves_day`: the last working day;
    `rejoins_day`: the first day of a second employment. `entered_day`: when the termination was entered, in days with a fraction.
    `ends_day`: the planned end of a contract. `manager`: a user, "" for nobody. `lacks`: fields the personnel system has empty.
    `account_ends`: per system the day (with a fraction) on which the account ended, where that was late."""

    employee: str
    user: str
    name: str
    email: str
    team: str
    department: str
    title: str
    employment: str
    location: str
    zone: str
    manager: str
    joined: date | None
    joins_day: int | None
    leaves_day: int | None
    rejoins_day: int | None
    entered_day: float | None
    ends_day: int | None
    leaves: tuple[Absence, ...]
    moves: tuple[Transfer, ...]
    renamed: Renaming | None
    aliases: tuple[str, ...]
    earlier: tuple[Record, ...]
    lacks: frozenset[str]
    github: str
    aws: str
    okta: Mapping[str, Any] | None
    jira: Mapping[str, Any] | None
    account_ends: Mapping[str, float] = field(default_factory=dict)


def colleagues() -> tuple[Colleague, ...]:
    """Everybody, in the order of the roster, which is the order of employee ids."""
    plan = fernhill.load()
    return tuple(_colleague(plan, number, row) for number, row in enumerate(plan["people"], 1))


def day(start: datetime, number: float) -> date:
    """The date of the story's day; fractions are cut off."""
    return start.date() + timedelta(days=int(number // 1))


def instant(start: datetime, number: float) -> datetime:
    """The instant `number` days after the start."""
    return start + timedelta(days=number)


def okta_id(user: str) -> str:
    """The id of that user's account at Okta: `00u` and 17 characters."""
    return "00u" + hashlib.sha256(f"okta {user}".encode()).hexdigest()[:17]


def jira_id(user: str) -> str:
    """The accountId of that user at Jira: `5b` and 22 hexadecimal digits."""
    return "5b" + hashlib.sha256(user.encode()).hexdigest()[:22]


def _colleague(plan: Mapping[str, Any], number: int, row: Mapping[str, Any]) -> Colleague:
    location = row.get("location", HOME)
    leaves_day = row.get("leaves_day")
    return Colleague(
        employee=f"E{number:04}",
        user=row["user"],
        name=row["name"],
        email=row["email"],
        team=row["team"],
        department=plan["teams"][row["team"]]["department"],
        title=row["title"],
        employment=row.get("employment", "employee"),
        location=location,
        zone=plan["locations"][location],
        manager=row.get("manager", _manager(plan, row["user"], row["team"])),
        joined=row.get("joined"),
        joins_day=row.get("joins_day"),
        leaves_day=leaves_day,
        rejoins_day=row.get("rejoins_day"),
        entered_day=row.get("entered_day", None if leaves_day is None else leaves_day - NOTICE_DAYS),
        ends_day=row.get("contract_ends_day"),
        leaves=tuple(Absence(each["from_day"], each.get("to_day"), each["kind"]) for each in row.get("leaves", ())),
        moves=tuple(_transfer(plan, each) for each in row.get("moves", ())),
        renamed=Renaming(**row["renamed"]) if "renamed" in row else None,
        aliases=tuple(row.get("aliases", ())),
        earlier=tuple(_record(plan, each) for each in plan["earlier_records"] if each["user"] == row["user"]),
        lacks=frozenset(row.get("lacks", ())),
        github=row.get("github", ""),
        aws=row["user"] if "aws" in row else "",
        okta=_account(row, "okta"),
        jira=_account(row, "jira"),
        account_ends=dict(row.get("account_ends", {})),
    )


def _account(row: Mapping[str, Any], system: str) -> Mapping[str, Any] | None:
    wanted = row.get(system, {})
    return None if wanted is False else dict(wanted)


def _manager(plan: Mapping[str, Any], user: str, team: str) -> str:
    lead, chief = plan["teams"][team]["lead"], plan["teams"]["leadership"]["lead"]
    if user != lead:
        return str(lead)
    return "" if user == chief else str(plan["leads_report_to"].get(team, chief))


def _transfer(plan: Mapping[str, Any], row: Mapping[str, Any]) -> Transfer:
    return Transfer(row["day"], row["team"], plan["teams"][row["team"]]["department"], row["title"], row["manager"])


def _record(plan: Mapping[str, Any], row: Mapping[str, Any]) -> Record:
    return Record(row["employee"], row["email"], row["title"], plan["teams"][row["team"]]["department"], row["joined"], row["left"])
