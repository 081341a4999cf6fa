"""When a batch job has to run: the promise that its runs are held against."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class JobSchedule(Fact):
    """`subject` is the job. Either `every_minutes` counted from `first_due` (an instant), or `due`: the instants themselves, for schedules
    that no interval describes. `grace_minutes`: how long after its time a run may end. `last_due`: the schedule ends there, "" while it
    goes on."""

    KIND: ClassVar[str] = "job_schedule"
    VERSION: ClassVar[int] = 1

    first_due: str | None = None
    every_minutes: int | None = None
    due: tuple[str, ...] = ()
    grace_minutes: int = 60
    last_due: str = ""
