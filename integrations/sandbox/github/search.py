"""The search for pull requests: the qualifiers a collector uses. Raises Refused(422) for any other, so that none is ignored."""

import shlex

from integrations.sandbox.github.access import Viewer
from integrations.sandbox.github.answers import Refused
from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.state import PullRequest, Repository, State

QUALIFIERS = {"sort", "org", "user", "repo", "is", "type", "state", "merged", "updated", "created", "closed", "author", "base"}


def find_pulls(state: State, viewer: Viewer, text: str) -> list[tuple[Repository, PullRequest]]:
    """Pull requests that fit, best match first: newest created, or as `sort:updated-asc` says.

    Qualifiers: org, repo, is (pr, merged, open, closed), merged, updated, created, author, base; ranges `>=D`, `<=D`, `>D`,
    `<D`, `D..D`, `D`, with days or instants."""
    words = shlex.split(text)
    unknown = [each for each in words if each.partition(":")[0] not in QUALIFIERS]
    if unknown:
        raise Refused(422, f"Validation Failed: the sandbox does not know {', '.join(unknown)}")
    order = "created-desc"
    rows = [(home, pull) for home in state.repositories.values() if viewer.sees(home) for pull in home.pulls]
    for word in words:
        name, _, value = word.partition(":")
        if name == "sort":
            order = value
            continue
        rows = [(home, pull) for home, pull in rows if _fits(state, home, pull, name, value)]
    keys = {"created": lambda row: row[1].created_at, "updated": lambda row: row[1].changed_at}
    field, _, direction = order.partition("-")
    if field not in keys:
        raise Refused(422, "Validation Failed")
    return sorted(rows, key=lambda row: (keys[field](row), row[1].id), reverse=direction != "asc")


def _fits(state: State, home: Repository, pull: PullRequest, name: str, value: str) -> bool:
    if name in ("org", "user"):
        return value.lower() == state.login.lower()
    if name == "repo":
        return value.lower() == f"{state.login}/{home.name}".lower()
    if name in ("is", "type", "state"):
        closed = pull.closed_at is not None or pull.merged_at is not None
        known = {
            "pr": True,
            "pull-request": True,
            "merged": pull.merged_at is not None,
            "open": not closed,
            "closed": closed,
            "issue": False,
            "unmerged": pull.merged_at is None,
        }
        if value not in known:
            raise Refused(422, "Validation Failed")
        return known[value]
    instants = {"merged": pull.merged_at, "updated": pull.changed_at, "created": pull.created_at, "closed": pull.closed_at}
    if name in instants:
        return _within(stamp(instants[name]), value)
    if name == "author":
        return pull.author == value
    if name == "base":
        return pull.base == value
    raise Refused(422, "Validation Failed")


def _within(instant: str | None, span: str) -> bool:
    if instant is None:
        return False
    low, dots, high = span.partition("..")
    if dots:
        return (low == "*" or instant >= _mark(low)) and (high == "*" or instant <= _mark(high, end=True))
    for sign, holds in (
        (">=", lambda mark: instant >= mark),
        (">", lambda mark: instant > mark),
        ("<=", lambda mark: instant <= mark),
        ("<", lambda mark: instant < mark),
    ):
        if span.startswith(sign):
            return holds(_mark(span[len(sign) :], end=sign in (">", "<=")))
    return instant[: len(span)] == span


def _mark(text: str, *, end: bool = False) -> str:
    """A day stands for its first or last second; `+00:00` for Z."""
    if len(text) == 10:
        return f"{text}T23:59:59Z" if end else f"{text}T00:00:00Z"
    return text.replace("+00:00", "Z")
