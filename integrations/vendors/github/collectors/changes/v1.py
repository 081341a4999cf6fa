"""Turns GitHub's answers about merged pull requests and commits into facts."""

import re
from collections.abc import Sequence

from evidence.facts.change.v1 import Change, CheckResult, Review
from evidence.facts.mainline_commit.v1 import MainlineCommit
from integrations.vendors.github.collectors.values import (
    Row,
    flag,
    inner,
    instant,
    needed,
    nodes,
    number,
    numbered,
    repository_subject,
    text,
    word,
)

# GitHub gives every account such an address, which names it also where no user is linked (apps).
OWN_ADDRESS = re.compile(r"(?:\d+\+)?([A-Za-z0-9-]+(?:\[bot\])?)@users\.noreply\.github\.com")


def change_subject(repository: int, pull: int) -> str:
    """The subject of a merged pull request."""
    return f"{repository_subject(repository)}/pull/{pull}"


def change(
    pull: Row, *, reviews: Sequence[Row] | None, commits: Sequence[Row] | None, checks: Sequence[Row] | None, checks_shown: bool
) -> Change:
    """Of a PullRequest node and all its reviews, commits and check contexts (None: not shown; no checks at all is an empty list)."""
    home = inner(pull, "repository")
    merged = instant(pull, "mergedAt")
    if merged is None:
        raise ValueError("a merged pull request without mergedAt")
    of, author = numbered(pull, "number"), inner(pull, "author")
    default = text(inner(home, "defaultBranchRef"), "name")
    logins, unlinked = _authors(commits, author)
    return Change(
        subject=change_subject(numbered(home, "databaseId"), of),
        name=f"{needed(home, 'nameWithOwner')}#{of} {word(pull, 'title')}"[:300],
        repository=repository_subject(numbered(home, "databaseId")),
        repository_name=str(needed(home, "nameWithOwner")),
        number=of,
        title=word(pull, "title"),
        author=text(author, "login"),
        author_is_bot=author.get("__typename") == "Bot",
        created=instant(pull, "createdAt"),
        merged=merged,
        merged_by=text(inner(pull, "mergedBy"), "login"),
        base=word(pull, "baseRefName"),
        base_is_default=None if default is None else default == word(pull, "baseRefName"),
        branch=word(pull, "headRefName"),
        head=word(pull, "headRefOid"),
        labels=tuple(sorted(word(each, "name") for each in nodes(pull, "labels"))),
        commit_authors=logins,
        unlinked_authors=unlinked,
        reviews=None if reviews is None else tuple(_review(each) for each in reviews if each.get("state") != "PENDING"),
        checks=_checks(checks) if checks_shown else None,
    )


def _authors(commits: Sequence[Row] | None, opened_by: Row) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    if commits is None:
        return None, ()
    logins: set[str] = set()
    unlinked: set[str] = set()
    for commit in commits:
        for person in nodes(inner(commit, "commit"), "authors"):
            login = _login(person, opened_by)
            (logins if login else unlinked).add(login or word(person, "name") or word(person, "email") or "somebody")
    return tuple(sorted(logins)), tuple(sorted(unlinked))


def _login(person: Row, opened_by: Row) -> str:
    known = text(inner(person, "user"), "login")
    if known:
        return known
    if own := OWN_ADDRESS.fullmatch(word(person, "email")):
        return own[1]
    bot = word(opened_by, "login")
    if opened_by.get("__typename") == "Bot" and bot and word(person, "name").removesuffix("[bot]") == bot.removesuffix("[bot]"):
        return bot  # an app has no user that its commits could be linked to
    return ""


def _review(row: Row) -> Review:
    author = inner(row, "author")
    return Review(
        author=text(author, "login"),
        bot=author.get("__typename") == "Bot",
        state=str(needed(row, "state")).lower(),
        submitted=instant(row, "submittedAt"),
        commit=text(inner(row, "commit"), "oid"),
    )


def _checks(contexts: Sequence[Row] | None) -> tuple[CheckResult, ...]:
    found: dict[str, CheckResult] = {}
    for each in contexts or ():
        run = each.get("__typename") != "StatusContext"
        name = word(each, "name" if run else "context")
        state = text(each, "conclusion") if run else text(each, "state")
        conclusion = "" if state in (None, "PENDING", "EXPECTED") else str(state).lower()
        if name not in found or found[name].conclusion == "success":  # of several with one name the worse counts
            found[name] = CheckResult(name=name, conclusion=conclusion)
    return tuple(found[name] for name in sorted(found))


def mainline_commit(home: Row, commit: Row, *, changes_shown: bool) -> MainlineCommit:
    """Of a Commit node in the history of the default branch. Only pull requests that were merged count."""
    committed = instant(commit, "committedDate")
    if committed is None:
        raise ValueError("a commit without committedDate")
    name, sha = str(needed(home, "nameWithOwner")), str(needed(commit, "oid"))
    merged = [each for each in nodes(commit, "associatedPullRequests") if flag(each, "merged") is True]
    shown = changes_shown and isinstance(commit.get("associatedPullRequests"), dict)
    return MainlineCommit(
        subject=f"{repository_subject(numbered(home, 'databaseId'))}/commit/{sha}",
        name=f"{name}@{sha[:12]}",
        repository=repository_subject(numbered(home, "databaseId")),
        repository_name=name,
        sha=sha,
        committed=committed,
        author=text(inner(inner(commit, "author"), "user"), "login"),
        parents=number(inner(commit, "parents"), "totalCount"),
        changes=tuple(sorted(numbered(each, "number") for each in merged)) if shown else None,
    )
