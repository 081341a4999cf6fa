"""A backup that was brought back: a rehearsal or the real thing."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreJob(Fact):
    """`resource_type`: the vendor's word (RDS, EBS, DynamoDB …). `status`: in upper case. `by_plan`: started by a restore testing plan."""

    KIND: ClassVar[str] = "restore_job"
    VERSION: ClassVar[int] = 1

    resource_type: str = ""
    status: str = ""
    created: str | None = None
    completed: str | None = None
    by_plan: bool = False
    validation: str = ""
