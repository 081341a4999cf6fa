"""What an input validation turned away, and who would have heard of too much of it."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class InputRejects(Fact):
    """`subject` is the job or the input. `metric`: where the rate is measured, "" when it is not. `threshold_permille`: rate in thousandths
    from which an alarm goes off, None when unknown. `alarm`: whether there is one; `alarm_to`: who gets it, "" for nobody. `accepted` and
    `rejected`: counts of the last run; `alerted`: instant of the last alarm, "" when there was none."""

    KIND: ClassVar[str] = "input_rejects"
    VERSION: ClassVar[int] = 1

    metric: str | None = None
    threshold_permille: int | None = None
    alarm: bool | None = None
    alarm_to: str | None = None
    accepted: int | None = None
    rejected: int | None = None
    alerted: str | None = None
