"""Privileged access of one account, compared with the register: held, entered, or both."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Privilege(Fact):
    """`held`: the system shows the account as administrator and enabled; None when the system does not show rights. `entered`: an open entry
    of the register covers it. `expires`: of the entry, "" for none. `register_kept`: the register has any entry at all."""

    KIND: ClassVar[str] = "privilege"
    VERSION: ClassVar[int] = 1

    system: str
    category: str
    login: str = ""
    person: str = ""
    person_name: str = ""
    rights: tuple[str, ...] = ()
    held: bool | None = None
    entered: bool = False
    approver: str = ""
    reason: str = ""
    expires: str = ""
    register_kept: bool = False
    read: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
