"""Checks of the rules of default branches: the effective ones count, unknown ones never pass and never fail."""

from dataclasses import replace

import pytest

from controls.outcomes import Outcome
from evidence.facts.branch_rules.v1 import BranchRules, RuleSource
from tests.controls.checks.gh_judging import judged

PASS, FAIL, NOT_APPLICABLE, NO_DATA = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.NO_DATA
STRICT = RuleSource(name="ruleset main", demands_pull_request=True, bypassers=())
GOOD = BranchRules(
    subject="repository:1",
    name="fernhill/api",
    branch="main",
    archived=False,
    pull_request_required=True,
    approvals=1,
    stale_approvals_dismissed=True,
    last_push_approval_required=False,
    force_push_blocked=True,
    deletion_blocked=True,
    required_checks=("ci",),
    sources=(STRICT,),
    sources_complete=True,
)
NONE = BranchRules(
    subject="repository:1",
    branch="main",
    archived=False,
    pull_request_required=False,
    approvals=0,
    stale_approvals_dismissed=False,
    last_push_approval_required=False,
    force_push_blocked=False,
    deletion_blocked=False,
    required_checks=(),
    sources_complete=True,
)
HIDDEN = BranchRules(subject="repository:1", branch="main", archived=False, sources_complete=False)
CHECKS = ("gh.repo.protected", "gh.repo.review_required", "gh.repo.no_bypass", "gh.repo.no_force_push_delete", "gh.repo.status_checks")


@pytest.mark.parametrize("check", CHECKS)
def test_good_rules_pass_none_fail_hidden_ones_are_unknown_and_archived_repositories_are_left_out(check: str) -> None:
    assert judged(check, GOOD).outcome is PASS
    assert judged(check, NONE).outcome is FAIL
    assert judged(check, HIDDEN).outcome is NO_DATA
    assert judged(check, replace(NONE, archived=True)).outcome is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("approvals", "dismissed", "last_push", "outcome"),
    [(1, True, False, PASS), (1, False, True, PASS), (2, True, True, PASS), (0, True, True, FAIL), (1, False, False, FAIL)],
)
def test_an_approval_must_not_outlive_further_pushes(approvals: int, dismissed: bool, last_push: bool, outcome: Outcome) -> None:
    rules = replace(GOOD, approvals=approvals, stale_approvals_dismissed=dismissed, last_push_approval_required=last_push)
    assert judged("gh.repo.review_required", rules).outcome is outcome


def test_what_the_readable_rules_settle_passes_though_others_are_hidden() -> None:
    partly = replace(GOOD, last_push_approval_required=None, sources_complete=False)
    assert judged("gh.repo.review_required", partly).outcome is PASS
    assert judged("gh.repo.status_checks", partly).outcome is PASS
    assert judged("gh.repo.no_bypass", partly).outcome is PASS
    assert judged("gh.repo.review_required", replace(partly, approvals=None)).outcome is NO_DATA


def source(name: str, bypassers: tuple | None, *, demands: bool = True) -> RuleSource:
    return RuleSource(name=name, demands_pull_request=demands, bypassers=bypassers)


@pytest.mark.parametrize(
    ("sources", "break_glass", "outcome"),
    [
        ((source("classic", ("role:admin",)),), [], FAIL),
        ((source("classic", ("role:admin",)),), ["role:admin"], PASS),
        ((source("classic", ("role:admin", "team:7")),), ["role:admin"], FAIL),
        ((source("classic", ("role:admin",)), STRICT), [], PASS),
        ((source("classic", ("role:admin",)), source("other", None)), [], NO_DATA),
        ((source("classic", None),), [], NO_DATA),
        ((source("other", (), demands=False),), [], FAIL),
    ],
)
def test_bypassing_counts_only_where_nothing_else_binds(sources: tuple, break_glass: list, outcome: Outcome) -> None:
    assert judged("gh.repo.no_bypass", replace(GOOD, sources=sources), break_glass=break_glass).outcome is outcome


def test_a_branch_that_can_only_be_deleted_fails_with_that_reason() -> None:
    judgement = judged("gh.repo.no_force_push_delete", replace(GOOD, deletion_blocked=False, force_push_blocked=None))
    assert (judgement.outcome, judgement.reason) == (FAIL, "main can be deleted")
