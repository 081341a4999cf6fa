"""One run of a batch job."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun(Fact):
    """`job` is the subject of its schedule; `scheduled_for` the instant it was meant for. `status`: completed, failed, running or missed.
    `finished`: instant, "" while it has not. `incident`: the ticket that deals with a run that failed or was missed."""

    KIND: ClassVar[str] = "job_run"
    VERSION: ClassVar[int] = 1

    job: str
    scheduled_for: str
    status: str | None = None
    finished: str | None = None
    incident: str = ""
