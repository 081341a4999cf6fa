"""Somebody who reaches source code without being a member of the organization."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideCollaborator(Fact):
    """`login`: the name the account is known by at the vendor."""

    KIND: ClassVar[str] = "outside_collaborator"
    VERSION: ClassVar[int] = 1

    login: str
