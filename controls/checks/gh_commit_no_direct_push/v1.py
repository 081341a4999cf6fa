"""Each commit on a default branch that is no merge belongs to a merged pull request (CC8.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import day
from controls.checks.shared.registers import entered
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.mainline_commit.v1 import MainlineCommit

FACT = MainlineCommit
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"allowed_authors": []}


def judge(fact: MainlineCommit, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one commit by the merged pull requests that GitHub ties to it."""
    if fact.changes:
        return passed("came by " + ", ".join(f"#{each}" for each in fact.changes))
    if fact.parents is not None and fact.parents >= 2:
        return not_applicable("is a merge; what it brought is judged commit by commit")
    if fact.parents == 0:
        return not_applicable("is the first commit of its history")
    if fact.author is not None and entered(fact.author, parameters["allowed_authors"]):  # type: ignore[arg-type]
        return not_applicable(f"by {fact.author}, who may push directly")
    if fact.changes is None or fact.parents is None:
        return no_data("which changes brought the commit was not shown")
    return failed(f"pushed directly by {fact.author or 'an unknown account'} on {day(fact.committed)}")
