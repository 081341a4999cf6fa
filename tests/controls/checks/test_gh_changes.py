"""Checks of what was merged: who approved it, what was tested, and whether anything came past."""

from dataclasses import replace

import pytest

from controls.outcomes import Outcome
from controls.registry import definition
from evidence.facts.branch_rules.v1 import BranchRules
from evidence.facts.change.v1 import Change, CheckResult, Review
from evidence.facts.mainline_commit.v1 import MainlineCommit
from tests.controls.checks.gh_judging import judged

PASS, FAIL, NOT_APPLICABLE, NO_DATA = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.NO_DATA
APPROVAL = "gh.pr.independent_approval"


def review(author: str | None, state: str = "approved", at: str = "11:00", commit: str = "head", bot: bool = False) -> Review:
    return Review(author=author, state=state, submitted=f"2026-02-20T{at}:00Z", commit=commit, bot=bot)


CHANGE = Change(
    subject="repository:1/pull/1",
    repository="repository:1",
    repository_name="fernhill/api",
    number=1,
    author="tom",
    merged="2026-02-20T12:00:00Z",
    merged_by="marta",
    base="main",
    base_is_default=True,
    head="head",
    commit_authors=("tom",),
    reviews=(review("marta"),),
    checks=(CheckResult(name="ci", conclusion="success"),),
)


def with_reviews(*reviews: Review, **fields) -> Change:
    return replace(CHANGE, reviews=reviews, **fields)


@pytest.mark.parametrize(
    ("change", "outcome", "words"),
    [
        (CHANGE, PASS, "approved by marta"),
        (with_reviews(), FAIL, "merged by marta without an approval"),
        (with_reviews(review("tom")), FAIL, "wrote some of it"),
        (with_reviews(review("TOM")), FAIL, "wrote some of it"),
        (with_reviews(review("marta"), commit_authors=("marta", "tom")), FAIL, "wrote some of it"),
        (with_reviews(review("marta"), review("jonas"), commit_authors=("marta", "tom")), PASS, "approved by jonas"),
        (with_reviews(review("marta", at="12:01")), FAIL, "only after the merge"),
        (with_reviews(review("marta", at="12:00")), PASS, "approved by marta"),
        (with_reviews(review("marta", "dismissed")), FAIL, "withdrawn"),
        (with_reviews(review("marta"), review("marta", "changes_requested", "11:30")), FAIL, "without an approval"),
        (with_reviews(review("marta", "changes_requested"), review("marta", at="11:30")), PASS, "approved by marta"),
        (with_reviews(review("marta", at="11:30"), review("marta", "changes_requested", "11:00")), PASS, "approved by marta"),
        (with_reviews(review("marta"), review("marta", "commented", "11:30")), PASS, "approved by marta"),
        (with_reviews(review("marta", "commented")), FAIL, "without an approval"),
        (with_reviews(review("marta", "sandbox_unheard_of")), FAIL, "without an approval"),
        (with_reviews(review("renovate", bot=True)), FAIL, "without an approval"),
        (with_reviews(review(None)), NO_DATA, "account that is gone"),
        (with_reviews(review(None), review("marta")), PASS, "approved by marta"),
        (replace(CHANGE, reviews=None), NO_DATA, "reviews were not shown"),
        (replace(CHANGE, commit_authors=None), NO_DATA, "authors"),
        (replace(CHANGE, reviews=(), commit_authors=None), FAIL, "without an approval"),
        (replace(CHANGE, author=None), PASS, "approved by marta"),
        (replace(CHANGE, unlinked_authors=("M. L.",)), NO_DATA, "M. L."),
        (with_reviews(review("marta"), review("jonas"), unlinked_authors=("M. L.",)), PASS, "jonas, marta"),
        (replace(CHANGE, base="feature", base_is_default=False), NOT_APPLICABLE, "feature"),
        (replace(CHANGE, base_is_default=None), NO_DATA, "default branch"),
    ],
)
def test_somebody_who_wrote_none_of_it_approved_it_before_the_merge(change: Change, outcome: Outcome, words: str) -> None:
    judgement = judged(APPROVAL, change)
    assert judgement.outcome is outcome, judgement.reason
    assert words in judgement.reason
    assert judgement.holds_until is None


def test_approved_then_changed_is_its_own_reason_where_the_merged_commit_must_be_approved() -> None:
    change = with_reviews(review("marta", commit="earlier"))
    assert judged(APPROVAL, change).outcome is PASS
    judgement = judged(APPROVAL, change, on_merged_head=True)
    assert judgement.outcome is FAIL
    assert judgement.reason.startswith("approved, then changed")
    assert judged(APPROVAL, CHANGE, on_merged_head=True).outcome is PASS


def test_apps_and_further_branches_count_where_that_was_decided() -> None:
    assert judged(APPROVAL, with_reviews(review("renovate", bot=True)), bots_may_approve=True).outcome is PASS
    release = with_reviews(base="release", base_is_default=False)
    assert judged(APPROVAL, release, branches=["release"]).outcome is FAIL


def test_an_app_is_one_and_the_same_with_or_without_its_suffix() -> None:
    change = with_reviews(review("renovate", bot=True), author="renovate[bot]", commit_authors=())
    assert judged(APPROVAL, change, bots_may_approve=True).outcome is FAIL


RULES = BranchRules(subject="repository:1", branch="main", required_checks=("ci", "lint"), sources_complete=True)


def with_checks(**conclusions: str) -> Change:
    return replace(CHANGE, checks=tuple(CheckResult(name=name, conclusion=value) for name, value in conclusions.items()))


@pytest.mark.parametrize(
    ("change", "rules", "outcome"),
    [
        (with_checks(ci="success", lint="success", other="failure"), RULES, PASS),
        (with_checks(ci="success", lint="failure"), RULES, FAIL),
        (with_checks(ci="success"), RULES, FAIL),
        (with_checks(ci="success", lint=""), RULES, FAIL),
        (with_checks(ci="success", lint="skipped"), RULES, FAIL),
        (with_checks(), RULES, FAIL),
        (replace(CHANGE, checks=None), RULES, NO_DATA),
        (with_checks(ci="success", lint="success"), replace(RULES, sources_complete=False), NO_DATA),
        (with_checks(ci="failure", lint="success"), replace(RULES, sources_complete=False), FAIL),
        (with_checks(ci="success"), replace(RULES, required_checks=()), NOT_APPLICABLE),
        (with_checks(ci="success"), replace(RULES, subject="repository:2"), NO_DATA),
    ],
)
def test_all_required_checks_had_succeeded(change: Change, rules: BranchRules, outcome: Outcome) -> None:
    assert judged("gh.pr.ci_passed", change, others=[rules]).outcome is outcome


def test_required_checks_can_be_named_from_an_instant_on() -> None:
    assert judged("gh.pr.ci_passed", with_checks(ci="success"), required_checks=["ci"]).outcome is PASS
    assert judged("gh.pr.ci_passed", with_checks(lint="skipped"), required_checks=["lint"], accepted=["success", "skipped"]).outcome is PASS
    later = judged("gh.pr.ci_passed", with_checks(), others=[RULES], required_since="2026-02-21T00:00:00Z")
    assert later.outcome is NOT_APPLICABLE


COMMIT = MainlineCommit(
    subject="repository:1/commit/a",
    repository="repository:1",
    repository_name="fernhill/api",
    sha="a",
    committed="2026-02-20T12:00:00Z",
    author="tom",
    parents=1,
    changes=(7,),
)


@pytest.mark.parametrize(
    ("commit", "outcome"),
    [
        (COMMIT, PASS),
        (replace(COMMIT, changes=()), FAIL),
        (replace(COMMIT, changes=(), author=None), FAIL),
        (replace(COMMIT, changes=(), parents=2), NOT_APPLICABLE),
        (replace(COMMIT, changes=(), parents=0), NOT_APPLICABLE),
        (replace(COMMIT, changes=None), NO_DATA),
        (replace(COMMIT, changes=(), parents=None), NO_DATA),
    ],
)
def test_every_commit_came_by_a_merged_change(commit: MainlineCommit, outcome: Outcome) -> None:
    assert judged("gh.commit.no_direct_push", commit).outcome is outcome


def test_an_account_that_releases_may_push_directly() -> None:
    pushed = replace(COMMIT, changes=(), author="release-bot")
    assert judged("gh.commit.no_direct_push", pushed, allowed_authors=["Release-Bot"]).outcome is NOT_APPLICABLE


def test_tickets_cannot_be_judged_without_a_ticket_system_and_the_check_says_so() -> None:
    known = definition("gh.pr.linked_ticket")
    assert (known.version, "ticket system" in known.missing) == (0, True)
