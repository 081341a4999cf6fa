"""Which logic and parameters a check judges by, and how they changed."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@dataclass(frozen=True, slots=True, kw_only=True)
class LogicChange(Part):
    """One change. `compared`: counts before and after on the same data are kept; `reasoned`: somebody said why."""

    at: str | None
    version: int
    compared: bool
    reasoned: bool


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingLogic(Fact):
    """Subject is the check. `in_force`: logic and parameters that run now are the last ones on record; `changes`: every change after the first,
    oldest first."""

    KIND: ClassVar[str] = "judging_logic"
    VERSION: ClassVar[int] = 1

    version: int
    in_force: bool | None = None
    changes: tuple[LogicChange, ...] = ()
