"""Something whose running short must be noticed: a database, a load balancer, a queue."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoredResource(Fact):
    """`form`: database, load_balancer or queue; `variant`: engine or type; `measured_as`: `dimension=value` by which alarms name it."""

    KIND: ClassVar[str] = "monitored_resource"
    VERSION: ClassVar[int] = 1

    form: str
    variant: str = ""
    measured_as: str = ""
