"""Privileged access given to somebody, by the identity provider's log, with the requests that could stand behind it."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Part):
    """A ticket that is the person's or names them. `names_right`: it names what was given. `approved` is "" while nobody approved;
    `approver_is_person`: the one who approved is the one who got it."""

    ticket: str
    created: str
    names_right: bool
    approved: str = ""
    approver: str = ""
    approver_is_person: bool = False


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGrant(Fact):
    """`subject` is the event's. `event` as the provider names it; `right` and `right_name`: the group or role. `privileged`: the event itself
    says so (an administrator's role); None when only the group's name could tell. `by`: who gave it."""

    KIND: ClassVar[str] = "access_grant"
    VERSION: ClassVar[int] = 1

    event: str
    at: str | None
    person: str = ""
    target_name: str = ""
    right: str = ""
    right_name: str = ""
    privileged: bool | None = None
    by: str = ""
    requests: tuple[Request, ...] = ()
    read: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
