"""One rule of a policy that says how long a session at the identity provider lasts."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRule(Fact):
    """`access`: allow or deny. Minutes as set; 0 means without limit. `persistent`: the session outlives the browser.
    `second_factor`: a second factor is asked for when the session begins."""

    KIND: ClassVar[str] = "session_rule"
    VERSION: ClassVar[int] = 1

    policy: str = ""
    policy_name: str = ""
    policy_active: bool | None = None
    priority: int | None = None
    active: bool | None = None
    access: str | None = None
    idle_minutes: int | None = None
    lifetime_minutes: int | None = None
    persistent: bool | None = None
    second_factor: bool | None = None
