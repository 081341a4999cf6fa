"""What holds for the default branch of a repository, all sources of rules together (classic protection and rulesets)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSource(Part):
    """One source of rules that is in force. `bypassers`: who need not keep them (`role:admin`, `team:12`, `user:tom`), None when the
    vendor does not show it to us."""

    name: str
    demands_pull_request: bool
    bypassers: tuple[str, ...] | None = None


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRules(Fact):
    """The subject is the repository's. Each field is the union over all sources in force: `approvals` is the highest number demanded
    (0 when none), `required_checks` the names of all that must succeed. Where not every source could be read (`sources_complete`),
    fields that the readable ones do not settle are None."""

    KIND: ClassVar[str] = "branch_rules"
    VERSION: ClassVar[int] = 1

    branch: str
    archived: bool | None = None
    pull_request_required: bool | None = None
    approvals: int | None = None
    stale_approvals_dismissed: bool | None = None
    last_push_approval_required: bool | None = None
    code_owner_review_required: bool | None = None
    force_push_blocked: bool | None = None
    deletion_blocked: bool | None = None
    required_checks: tuple[str, ...] | None = None
    sources: tuple[RuleSource, ...] = ()
    sources_complete: bool
