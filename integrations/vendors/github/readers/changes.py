"""Reads merged changes with their reviews, commits and checks, and the commits of default branches.

Changes come by GraphQL search over the whole organization, because one query brings a change with everything about it, and an hour
without a merge costs one call. The search counts its results, which proves that none was lost; it reaches 1000, so a longer stretch of
time is cut in halves. Commits cost one call for all tips, and one more only where a tip moved.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from evidence.facts import instants
from integrations.errors import Fault, PartialResult, SchemaDrift
from integrations.transport.contract import Completeness, Mode, Observation, Stream
from integrations.vendors.github.client import GithubPage
from integrations.vendors.github.collectors.changes import v1 as collector
from integrations.vendors.github.collectors.values import inner, nodes, number, repository_subject, rows, text, word
from integrations.vendors.github.errors import Hidden
from integrations.vendors.github.readers.repositories import repositories
from integrations.vendors.github.reading import PASSES, Reader, Reading, Row

SEARCH = "POST /graphql search(is:pr is:merged)"
CHECKS = "POST /graphql pullRequest.statusCheckRollup"
HISTORY = "POST /graphql repository.defaultBranchRef.history"
CHANGES_OF_COMMIT = "POST /graphql commit.associatedPullRequests"
REACH = 1000  # results of one search that GitHub lets us page through
LOOK_BACK = timedelta(days=365)  # where nobody said since when: the longest usual period
OVERLAP = timedelta(minutes=15)  # the search lags, and clocks differ
PUSH_LAG = timedelta(days=14)  # a commit pushed today may have been made that long ago
SECOND = timedelta(seconds=1)

STREAMS = (
    Stream(
        kind="change",
        title="Merged pull requests",
        operations=(SEARCH, CHECKS),
        completeness=Completeness.TOTAL,
        mode=Mode.INCREMENTAL,
        keeps="for ever, as long as the repository exists",
        never="No code, no text of a description, comment or review is read.",
    ),
    Stream(
        kind="mainline_commit",
        title="Commits on default branches",
        operations=(HISTORY, CHANGES_OF_COMMIT),
        completeness=Completeness.TOTAL,
        mode=Mode.INCREMENTAL,
        partition="repository",
        keeps="for ever, with the repository; a commit pushed more than 14 days after it was made is told by the first reading only",
        never="No code and no commit message is read.",
    ),
)

# Points are counted by connections asked for: authors of each commit weigh most, so that the search asks for the first few commits of a
# change only, and changes with more are read on one by one.
FEW, MANY = 10, 100


def _parts(commits: int, others: int) -> str:
    return f"""
  reviews(first: {others}, after: $reviews) {{ pageInfo {{ hasNextPage endCursor }}
    nodes {{ author {{ __typename login }} state submittedAt commit {{ oid }} }} }}
  commits(first: {commits}, after: $commits) {{ pageInfo {{ hasNextPage endCursor }}
    nodes {{ commit {{ oid authors(first: 20) {{ totalCount nodes {{ name email user {{ login }} }} }} }} }} }}
  statusCheckRollup {{ contexts(first: {others}, after: $checks) {{ pageInfo {{ hasNextPage endCursor }}
    nodes {{ __typename ... on CheckRun {{ name conclusion }} ... on StatusContext {{ context state }} }} }} }}
"""


PULL = """
  databaseId number title createdAt mergedAt baseRefName headRefName headRefOid
  author { __typename login } mergedBy { login }
  labels(first: 20) { nodes { name } }
  repository { databaseId nameWithOwner defaultBranchRef { name } }
"""
CURSORS = "$reviews: String, $commits: String, $checks: String"
SEARCH_DOCUMENT = f"""
query ($search: String!, $after: String, {CURSORS}) {{
  search(query: $search, type: ISSUE, first: 25, after: $after) {{
    issueCount
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ ... on PullRequest {{ {PULL} {_parts(FEW, 30)} }} }}
  }}
}}
"""
SINGLE_DOCUMENT = f"""
query ($owner: String!, $name: String!, $number: Int!, {CURSORS}) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{ merged {PULL} {_parts(MANY, MANY)} }}
  }}
}}
"""
LENIENT = {"statusCheckRollup": CHECKS}


# -- merged changes ------------------------------------------------------------------------------------------------------


def _changes(reading: Reading) -> Iterator[Observation]:
    kind, now = "change", reading.context.now()
    if kind in reading.context.only:
        yield from _named(reading, reading.context.only[kind])
        return
    cursor = reading.context.cursor(kind)
    since = instants.from_text(cursor["since"]) if cursor.get("since") else reading.context.since or now - LOOK_BACK
    scope = f"org:{reading.organization} is:pr is:merged"
    if cursor.get("until"):
        scope += f" merged:>={instants.to_text(since)}"
        window = _Window("updated", instants.from_text(cursor["until"]) - OVERLAP, None)
    else:
        window = _Window("merged", since, None)
    total, whole = 0, True
    for found in _windows(reading, scope, window, now):
        total, whole = total + len(found.rows), whole and found.whole
        for pull, page in found.rows.values():
            yield from _made(reading, pull, page)
    reading.context.achieved(kind, (Completeness.TOTAL if whole else Completeness.LAST_PAGE).value)
    if whole:
        reading.context.expect(kind, total)
    reading.context.advance(kind, {"until": str(instants.to_text(now)), "since": str(instants.to_text(since))})


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of time, both ends included; no end means until now."""

    qualifier: str
    start: datetime
    end: datetime | None

    def words(self) -> str:
        start = instants.to_text(self.start)
        return f"{self.qualifier}:{start}..{instants.to_text(self.end)}" if self.end else f"{self.qualifier}:>={start}"

    def halves(self, now: datetime) -> tuple["_Window", "_Window"]:
        end = self.end or now + timedelta(days=1)
        if end - self.start < 2 * SECOND:
            raise PartialResult(f"more than {REACH} changes within two seconds at {instants.to_text(self.start)}", operation=SEARCH)
        middle = (self.start + (end - self.start) / 2).replace(microsecond=0)
        return _Window(self.qualifier, self.start, middle), _Window(self.qualifier, middle + SECOND, self.end)


@dataclass(slots=True)
class _Found:
    """What one walk through a window's results brought. `whole`: GitHub's count equals what came."""

    rows: dict[str, tuple[Row, GithubPage]] = field(default_factory=dict)
    count: int = 0
    whole: bool = False


def _windows(reading: Reading, scope: str, window: _Window, now: datetime) -> Iterator[_Found]:
    """The window's results, cut into halves until the search reaches them all."""
    found = _searched(reading, f"{scope} {window.words()}")
    if found is not None:
        yield found
        return
    for half in window.halves(now):
        yield from _windows(reading, scope, half, now)


def _searched(reading: Reading, words: str) -> _Found | None:
    """All results; None when there are more than the search reaches. A result that is updated meanwhile moves to the end and shifts
    the others by one place; then fewer differ than GitHub counts, and the walk is made again, at most three times."""
    union = _Found()
    for _again in range(PASSES):
        walked = _walk(reading, f"{words} sort:updated-asc")
        if walked is None:
            return None
        union.rows |= walked.rows
        union.count = walked.count
        if len(union.rows) == union.count:
            union.whole = True
            break
    return union


def _walk(reading: Reading, words: str) -> _Found | None:
    found, after, page_number = _Found(), None, 0
    while True:
        page_number += 1
        given = {"search": words, "after": after}
        page = reading.client.graph(
            operation=SEARCH, document=SEARCH_DOCUMENT, variables=given, kind="change", lenient=LENIENT, page=page_number
        )
        held = inner(page.data["data"], "search")
        found.count = _counted(held)
        if found.count > REACH:
            return None
        for place, row in enumerate(rows(held, "nodes")):
            found.rows[_key(row, page_number, place)] = (row, page)
        following = inner(held, "pageInfo")
        if following.get("hasNextPage") is not True:
            return found
        if following.get("endCursor") in (None, after):
            raise SchemaDrift("the search promises a further page and does not say which", operation=SEARCH)
        after = following["endCursor"]


def _counted(held: Row) -> int:
    count = number(held, "issueCount")
    if count is None:
        raise SchemaDrift("the search answered without issueCount", operation=SEARCH)
    return count


def _key(row: Row, page: int, place: int) -> str:
    of, home = number(row, "number"), number(inner(row, "repository"), "databaseId")
    return f"{home}/{of}" if of is not None and home is not None else f"odd {page}/{place}"


def _made(reading: Reading, pull: Row, page: GithubPage) -> Iterator[Observation]:
    more: list[str] = []
    reviews = _all(reading, pull, "reviews", more)
    commits = _all(reading, pull, "commits", more)
    shown = not _denied(page, "statusCheckRollup")
    checks = _all(reading, pull, "checks", more) if shown else None
    authors_cut = any((number(inner(inner(each, "commit"), "authors"), "totalCount") or 0) > 20 for each in commits or ())
    yield from reading.facts(
        "change",
        [(pull, page)],
        lambda row: collector.change(row, reviews=reviews, commits=None if authors_cut else commits, checks=checks, checks_shown=shown),
        also=more,
    )


def _connection(pull: Row, name: str) -> Any:
    return inner(pull, "statusCheckRollup").get("contexts") if name == "checks" else pull.get(name)


def _all(reading: Reading, pull: Row, name: str, digests: list[str]) -> Sequence[Row] | None:
    """All nodes of the pull request's reviews, commits or checks; further pages are asked for one change at a time. None when not shown."""
    held = _connection(pull, name)
    if not isinstance(held, Mapping):
        return [] if name == "checks" else None
    found, seen = rows(held, "nodes"), set()
    while inner(held, "pageInfo").get("hasNextPage") is True:
        after = inner(held, "pageInfo").get("endCursor")
        if after is None or after in seen:
            raise SchemaDrift(f"{name} of a change promise a further page and do not say which", operation=SEARCH)
        seen.add(after)
        page, whole = _single(reading, word(inner(pull, "repository"), "nameWithOwner"), number(pull, "number") or 0, {name: after})
        held = _connection(whole, name)
        if not isinstance(held, Mapping):
            return None
        digests.append(page.digest)
        found += rows(held, "nodes")
    return found


def _single(reading: Reading, repository: str, of: int, cursors: Mapping[str, object]) -> tuple[GithubPage, Row]:
    owner, _, name = repository.partition("/")
    given = {"owner": owner, "name": name, "number": of, **cursors}
    page = reading.client.graph(
        operation=SEARCH, document=SINGLE_DOCUMENT, variables=given, kind="change", lenient=LENIENT, partition=repository
    )
    return page, inner(inner(page.data["data"], "repository"), "pullRequest")


def _denied(page: GithubPage, name: str) -> bool:
    return any(name in (error.get("path") or ()) for error in rows(page.data, "errors"))


def _named(reading: Reading, subjects: frozenset[str]) -> Iterator[Observation]:
    """Changes that an event named, one by one."""
    names = {repository_subject(number(row, "id") or 0): word(row, "full_name") for row, _page in repositories(reading).rows}
    for subject in sorted(subjects):
        home, _, of = subject.partition("/pull/")
        if home in names and of.isdigit():
            page, pull = _single(reading, names[home], int(of), {})
            if pull.get("merged") is True:
                yield from _made(reading, pull, page)


# -- commits -------------------------------------------------------------------------------------------------------------

TIPS_DOCUMENT = """
query ($org: String!, $after: String) {
  organization(login: $org) {
    repositories(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { databaseId nameWithOwner defaultBranchRef { name target { oid } } }
    }
  }
}
"""
HISTORY_DOCUMENT = """
query ($owner: String!, $name: String!, $since: GitTimestamp!, $after: String) {
  repository(owner: $owner, name: $name) {
    databaseId
    nameWithOwner
    defaultBranchRef {
      target {
        ... on Commit {
          oid
          history(first: 100, since: $since, after: $after) {
            totalCount
            pageInfo { hasNextPage endCursor }
            nodes {
              oid
              committedDate
              author { user { login } }
              parents(first: 2) { totalCount }
              associatedPullRequests(first: 10) { nodes { number merged } }
            }
          }
        }
      }
    }
  }
}
"""


def _commits(reading: Reading) -> Iterator[Observation]:
    kind, now = "mainline_commit", reading.context.now()
    cursor = reading.context.cursor(kind)
    known = _known_tips(cursor)
    since = instants.from_text(cursor["since"]) if cursor.get("since") else reading.context.since or now - LOOK_BACK
    start = max(since, instants.from_text(cursor["until"]) - PUSH_LAG) if cursor.get("until") else since
    homes, told = _tips(reading)
    tips = {str(number(home, "databaseId")): _tip(home) for home in homes if _tip(home)}
    moved = [home for home in homes if _tip(home) and known.get(str(number(home, "databaseId"))) != _tip(home)]
    whole = True
    for home, answer in reading.for_each(moved, lambda each: _history(reading, each, _start(each, known, start, since))):
        if isinstance(answer, Hidden):  # it was listed a moment ago: deleted since
            continue
        if isinstance(answer, Fault):
            answer.partition = word(home, "nameWithOwner")
            reading.context.fault(kind, answer)
            continue
        whole = whole and answer.whole
        for row, page in answer.rows.values():
            shown = not _denied(page, "associatedPullRequests")
            make = _commit_maker(inner(page.data["data"], "repository"), shown)
            yield from reading.facts(kind, [(row, page)], make, also=told)
    reading.context.achieved(kind, (Completeness.TOTAL if whole else Completeness.LAST_PAGE).value)
    moments = {"until": str(instants.to_text(now)), "since": str(instants.to_text(since))}
    reading.context.advance(kind, {**moments, "tips": json.dumps(tips, sort_keys=True, separators=(",", ":"))})


def _commit_maker(home: Row, shown: bool):
    return lambda row: collector.mainline_commit(home, row, changes_shown=shown)


def _start(home: Row, known: Mapping[str, str], start: datetime, since: datetime) -> datetime:
    """A repository that is new to us is read from the beginning of what is wanted."""
    return start if str(number(home, "databaseId")) in known else since


def _known_tips(cursor: Mapping[str, str]) -> Mapping[str, str]:
    try:
        known = json.loads(cursor.get("tips") or "{}")
    except ValueError:  # written by another version: everything is read again
        return {}
    return known if isinstance(known, dict) else {}


def _tip(home: Row) -> str:
    return text(inner(inner(home, "defaultBranchRef"), "target"), "oid") or ""


def _tips(reading: Reading) -> tuple[list[Row], list[str]]:
    """Repositories with where their default branch stands, and the pages that told."""
    found: dict[object, Row] = {}
    told: list[str] = []
    after, page_number = None, 0
    while True:
        page_number += 1
        given = {"org": reading.organization, "after": after}
        page = reading.client.graph(operation=HISTORY, document=TIPS_DOCUMENT, variables=given, kind="mainline_commit", page=page_number)
        told.append(page.digest)
        organization = inner(page.data["data"], "organization")
        for row in nodes(organization, "repositories"):
            found[number(row, "databaseId")] = row
        following = inner(inner(organization, "repositories"), "pageInfo")
        if following.get("hasNextPage") is not True:
            return list(found.values()), told
        if following.get("endCursor") in (None, after):
            raise SchemaDrift("the repositories promise a further page and do not say which", operation=HISTORY)
        after = following["endCursor"]


def _history(reading: Reading, home: Row, since: datetime) -> _Found:
    """All commits of the default branch since then; walked again while a push moves them, at most three times."""
    union = _Found()
    for _again in range(PASSES):
        walked = _walk_history(reading, word(home, "nameWithOwner"), since)
        union.rows |= walked.rows
        union.count = walked.count
        if len(walked.rows) == walked.count:
            union.whole = True
            break
    return union


def _walk_history(reading: Reading, repository: str, since: datetime) -> _Found:
    owner, _, name = repository.partition("/")
    found, after, page_number = _Found(), None, 0
    lenient = {"associatedPullRequests": CHANGES_OF_COMMIT}
    while True:
        page_number += 1
        given = {"owner": owner, "name": name, "since": instants.to_text(since), "after": after}
        page = reading.client.graph(
            operation=HISTORY,
            document=HISTORY_DOCUMENT,
            variables=given,
            kind="mainline_commit",
            lenient=lenient,
            page=page_number,
            partition=repository,
        )
        target = inner(inner(inner(page.data["data"], "repository"), "defaultBranchRef"), "target")
        held = inner(target, "history")
        if number(held, "totalCount") is None:
            raise SchemaDrift("a history without totalCount", operation=HISTORY)
        found.count = number(held, "totalCount") or 0
        for place, row in enumerate(rows(held, "nodes")):
            found.rows[text(row, "oid") or f"odd {page_number}/{place}"] = (row, page)
        following = inner(held, "pageInfo")
        if following.get("hasNextPage") is not True:
            return found
        if following.get("endCursor") in (None, after):
            raise SchemaDrift("a history promises a further page and does not say which", operation=HISTORY)
        after = following["endCursor"]


READERS: dict[str, Reader] = {"change": _changes, "mainline_commit": _commits}
