"""One event of the identity provider's log: who did what to whom, when."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityEvent(Fact):
    """`event` as the provider names it (`user.lifecycle.deactivate`); `outcome` in lower case. `actor` and `target` are subjects of
    `identity` where they are users, else the provider's ids; `detail`: what the target was put into or taken from (a group's id)."""

    KIND: ClassVar[str] = "identity_event"
    VERSION: ClassVar[int] = 1

    event: str = ""
    at: str | None = None
    outcome: str = ""
    actor: str = ""
    actor_name: str = ""
    target: str = ""
    target_name: str = ""
    detail: str = ""
    detail_name: str = ""
