"""A person of the company with their employment and every account that is theirs, joined from all systems that are read."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Secret(Part):
    """A key or token with which programs sign in as the account. `last_used_day`: the UTC day (`2026-03-01`), "" for never."""

    kind: str
    name: str
    active: bool | None = None
    last_used_day: str | None = None


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Holding(Part):
    """One account of the person. `category`: identity, cloud, code, tickets or other. `enabled`: can be used now. `interactive`: can sign
    in with a password or single sign-on of its own. `privileged`: administrates the system. `disabled_at`: when it was disabled, by the
    system's own log (`disabled_by_log`) or else its status. `rule`: why it is theirs."""

    account: str
    system: str
    category: str
    kind: str
    login: str
    enabled: bool | None = None
    interactive: bool | None = None
    mfa: bool | None = None
    privileged: bool | None = None
    rights: tuple[str, ...] = ()
    groups: tuple[str, ...] | None = None
    created: str | None = None
    last_use: str | None = None
    disabled_at: str | None = None
    disabled_by_log: bool = False
    secrets: tuple[Secret, ...] | None = None
    rule: str = ""


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Absence(Part):
    """A leave as instants in the person's zone; `until` is "" while it is open."""

    since: str
    until: str = ""
    kind: str = ""


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Part):
    """A change of department or title at an instant; `from_department` and `to_department` are the parts before " / "."""

    at: str
    from_department: str
    to_department: str


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAccess(Fact):
    """`subject` names the person for good. `starts` and `ends` are instants of the latest employment in the person's zone: the begin of
    the first day, and the end of the last working day unless the personnel system gives a time; `ends` is "" while no end is set, None
    when unknown. `end_entered`: when the end was entered. `read`: categories of system that are read whole now; `unread`: those that
    should be and are not."""

    KIND: ClassVar[str] = "person_access"
    VERSION: ClassVar[int] = 1

    employee_number: str = ""
    employment: str | None = None
    status: str | None = None
    department: str | None = None
    title: str | None = None
    starts: str | None = None
    ends: str | None = None
    end_entered: str | None = None
    absences: tuple[Absence, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    accounts: tuple[Holding, ...] = ()
    read: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
