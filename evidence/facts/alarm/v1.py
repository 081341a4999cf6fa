"""A rule that speaks up when a measurement leaves its bounds (CloudWatch alarm)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement(Part):
    """One metric: `dimensions` are `name=value` texts, sorted."""

    namespace: str
    metric: str
    dimensions: tuple[str, ...] = ()


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmAction(Part):
    """What happens when the alarm goes off. `listeners`: confirmed subscribers of a topic; None for what is no topic or not readable."""

    target: str
    listeners: int | None = None


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Fact):
    """`watches`: what it measures (several for a calculated one). `actions_enabled`: its actions are performed at all."""

    KIND: ClassVar[str] = "alarm"
    VERSION: ClassVar[int] = 1

    actions_enabled: bool | None = None
    watches: tuple[Measurement, ...] = ()
    actions: tuple[AlarmAction, ...] = ()
