"""What automatic builds and deployments may do by default (GitHub Actions settings of the organization)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineSettings(Fact):
    """`enabled_for`: all, selected or none of the repositories. `token_permission`: what a run's own token may do unless the pipeline
    says otherwise (read or write). `allowed_steps`: whose steps may run (all, local_only, selected). `pinning_required`: steps must
    be named by their digest. `can_approve_changes`: a run may approve pull requests."""

    KIND: ClassVar[str] = "pipeline_settings"
    VERSION: ClassVar[int] = 1

    enabled_for: str | None = None
    token_permission: str | None = None
    allowed_steps: str | None = None
    pinning_required: bool | None = None
    can_approve_changes: bool | None = None
