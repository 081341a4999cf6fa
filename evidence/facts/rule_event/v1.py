"""Somebody bypassed or changed the rules that guard a branch (audit log of the organization)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEvent(Fact):
    """`action`: the vendor's word (`protected_branch.policy_override`). `actor`: login. `at`: when. `repository_name` is empty for
    rules of the whole organization."""

    KIND: ClassVar[str] = "rule_event"
    VERSION: ClassVar[int] = 1

    action: str
    actor: str | None = None
    at: str
    repository_name: str = ""
