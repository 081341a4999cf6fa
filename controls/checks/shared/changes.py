"""What checks of merged changes have in common: which changes they speak of, who wrote one, and who approved it."""

from collections.abc import Iterable, Mapping

from controls.outcomes import Judgement, no_data, not_applicable
from evidence.facts.change.v1 import Change, Review

DECISIVE = frozenset({"approved", "changes_requested", "dismissed"})


def set_aside(fact: Change, parameters: Mapping[str, object]) -> Judgement | None:
    """NOT_APPLICABLE for a change into a branch that does not count: neither the default branch nor one of the parameter `branches`.
    NO_DATA when that cannot be told. None otherwise."""
    if fact.base_is_default or fact.base in parameters["branches"]:  # type: ignore[operator]
        return None
    if fact.base_is_default is None:
        return no_data(f"whether {fact.base} is the default branch was not observed")
    return not_applicable(f"was merged into {fact.base}, which is not the default branch")


def same(login: str) -> str:
    """A login for comparison: GitHub ignores case, and names an app with or without [bot]."""
    return login.lower().removesuffix("[bot]")


def standing_approvals(fact: Change) -> list[Review]:
    """Reviews that approved the change when it was merged: of each reviewer the last decisive one counts, if it was submitted by the
    instant of the merge. A withdrawn (dismissed) approval, or one followed by a request for changes, does not stand."""
    last: dict[str, Review] = {}
    for review in _in_time(fact.reviews or (), fact.merged):
        last[same(review.author) if review.author else f"gone {len(last)}"] = review
    return [review for review in last.values() if review.state == "approved"]


def _in_time(reviews: Iterable[Review], merged: str) -> list[Review]:
    held = [each for each in reviews if each.state in DECISIVE and each.submitted is not None and each.submitted <= merged]
    return sorted(held, key=lambda each: each.submitted or "")


def writers(fact: Change) -> frozenset[str]:
    """Everybody known to have written the change: who opened it and who wrote a commit."""
    named = [*(fact.commit_authors or ()), *([fact.author] if fact.author else [])]
    return frozenset(same(each) for each in named)
