"""What checks of branch rules have in common: when they do not speak of a repository at all."""

from controls.outcomes import Judgement, not_applicable
from evidence.facts.branch_rules.v1 import BranchRules


def set_aside(fact: BranchRules) -> Judgement | None:
    """NOT_APPLICABLE for an archived repository, whose branches nobody can change; else None."""
    return not_applicable("is archived, so nobody can change it") if fact.archived else None
