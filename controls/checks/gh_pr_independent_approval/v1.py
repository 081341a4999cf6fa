"""A merged change has an approval of somebody who wrote none of it, before the merge and still standing (CC8.1, CC5.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.changes import same, set_aside, standing_approvals, writers
from controls.checks.shared.listings import several
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.change.v1 import Change, Review

FACT = Change
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"on_merged_head": False, "bots_may_approve": False, "branches": []}


def judge(fact: Change, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one merged pull request by its reviews and by the authors of all its commits, co-authors included. A commit whose e-mail
    belongs to no account might be the approver's own: then one more approval is needed than there are such authors."""
    if (aside := set_aside(fact, parameters)) is not None:
        return aside
    if fact.reviews is None:
        return no_data("the reviews were not shown")
    standing = [each for each in standing_approvals(fact) if parameters["bots_may_approve"] or not each.bot]
    independent = [each for each in standing if each.author and same(each.author) not in writers(fact)]
    if not independent:
        return _without(fact, standing)
    counted = [each for each in independent if each.commit == fact.head] if parameters["on_merged_head"] else independent
    if not counted:
        return failed(f"approved, then changed: {_names(independent)} approved an earlier commit than the merged one")
    if fact.commit_authors is None:
        return no_data("not all authors of its commits were shown")
    if len(counted) <= len(fact.unlinked_authors):
        return no_data(f"commits by {several(fact.unlinked_authors)} belong to no account, so they may be the approver's own")
    return passed(f"approved by {_names(counted)}, who wrote none of it")


def _names(reviews: list[Review]) -> str:
    return several(each.author or "an account that is gone" for each in reviews)


def _without(fact: Change, standing: list[Review]) -> Judgement:
    if any(each.author is None for each in standing):
        return no_data("approved by an account that is gone, so whose it was cannot be told")
    if standing:
        return failed(f"approved only by {_names(standing)}, who wrote some of it")
    late = [each for each in fact.reviews or () if each.state == "approved" and (each.submitted or "") > fact.merged]
    if late:
        return failed(f"approved by {_names(late)} only after the merge")
    if any(each.state == "dismissed" for each in fact.reviews or ()):
        return failed("its approval was withdrawn before the merge, and nobody else approved it")
    return failed(f"merged by {fact.merged_by or 'an unknown account'} without an approval")
