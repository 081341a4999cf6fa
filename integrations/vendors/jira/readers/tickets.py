"""Reads tickets that changed since a time, with their changelogs.

The search has no total, so Jira's approximate count stands beside it: when both agree nothing was lost. Times of JQL are minutes in the
zone of the asking account's profile; they are sent as absolute times in that zone, a day earlier than the last reading ended, and what
comes twice is told apart by id. Order is by creation: a ticket that changes while it is read stays where it is.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from evidence.facts import instants
from integrations.errors import Fault, PartialResult, PermissionMissing, SchemaDrift
from integrations.transport.contract import Completeness, Mode, Observation, Stream
from integrations.vendors.jira.client import MAX_PAGES, JiraPage
from integrations.vendors.jira.collectors.tickets import v1 as collector
from integrations.vendors.jira.collectors.values import inner, number, rows, word
from integrations.vendors.jira.errors import EndlessPaging
from integrations.vendors.jira.readers.projects import PROJECTS, projects, wanted_keys
from integrations.vendors.jira.reading import PASSES, Reader, Reading, Row, rows_of
from integrations.vendors.jira.settings import APPROVAL_FIELDS, PAGE_TYPES, PEOPLE_FIELDS, names

KIND = "ticket"
SEARCH = "POST /rest/api/3/search/jql"
COUNT = "POST /rest/api/3/search/approximate-count"
CHANGELOG = "GET /rest/api/3/issue/{issueIdOrKey}/changelog"
PAGES = "GET /rest/api/3/issue/{issueIdOrKey}/remotelink"
FIELDS = "GET /rest/api/3/field"
STATUSES = "GET /rest/api/3/status"
MYSELF = "GET /rest/api/3/myself"
LOOK_BACK = timedelta(days=365)  # where nobody said since when: the longest usual period
OVERLAP = timedelta(hours=24)  # the index lags, and nobody's zone is further away
ROWS_A_PAGE = 100
WANTED = (
    "summary", "status", "issuetype", "project", "priority", "labels", "components", "created", "updated", "duedate", "resolutiondate",
    "reporter", "assignee", "security", "issuelinks",
)  # fmt: skip

STREAMS = (
    Stream(
        kind=KIND,
        title="Tickets with their changes",
        operations=(SEARCH, COUNT, CHANGELOG, PAGES, FIELDS, STATUSES, PROJECTS),
        completeness=Completeness.TOTAL,
        mode=Mode.INCREMENTAL,
        keeps="for ever, as long as the ticket exists; deleted tickets leave no trace",
        never="No description, comment, worklog or attachment is read; of changes of other fields only the field's name is kept.",
    ),
)


def _tickets(reading: Reading) -> Iterator[Observation]:
    context, now = reading.context, reading.context.now()
    custom = reading.memo("custom", lambda: _custom(reading))
    clauses = _projects(reading)
    if KIND in context.only:
        idents = ", ".join(sorted(each.removeprefix("issue:") for each in context.only[KIND] if each.removeprefix("issue:").isdigit()))
        if idents:
            found, _pages = _searched(reading, f"id in ({idents})", custom)
            yield from _made(reading, found, custom)
        return
    cursor = context.cursor(KIND)
    since = instants.from_text(cursor["since"]) if cursor.get("since") else context.since or now - LOOK_BACK
    start = max(since, instants.from_text(cursor["until"]) - OVERLAP) if cursor.get("until") else since
    found, count, whole = _settled(reading, f"{clauses}updated >= {_local(reading, start)}", custom)
    if len(found) < count:
        said = f"Jira counts about {count} tickets, received were {len(found)}"
        context.fault(KIND, PartialResult(said, operation=SEARCH, partition="search"))
    context.achieved(KIND, (Completeness.TOTAL if whole else Completeness.LAST_PAGE).value)
    if whole:
        context.expect(KIND, count)
    yield from _made(reading, found, custom)
    context.advance(KIND, {"until": str(instants.to_text(now)), "since": str(instants.to_text(since))})


Found = dict[str, tuple[Row, JiraPage]]


def _settled(reading: Reading, clauses: str, custom: collector.Custom) -> tuple[Found, int, bool]:
    """All tickets that fit, Jira's own count, and whether both agree. One page is one instant; more pages are walked again until two
    walks hold the same, at most three times, since a ticket that is deleted meanwhile may shift another out of sight."""
    union: Found = {}
    before: Found | None = None
    count = 0
    for _again in range(PASSES):
        found, pages = _searched(reading, clauses, custom)
        count = _count(reading, clauses)
        if len(found) == count and (pages == 1 or (before is not None and before.keys() == found.keys())):
            return found, count, True
        union |= found
        before = found
    return union, count, False


def _searched(reading: Reading, clauses: str, custom: collector.Custom) -> tuple[Found, int]:
    """One walk through all pages, and how many there were."""
    jql = f"{clauses} ORDER BY created ASC, key ASC"
    found: Found = {}
    token: str | None = None
    for page_number in range(1, MAX_PAGES + 1):
        body: dict[str, Any] = {"jql": jql, "maxResults": ROWS_A_PAGE, "fields": [*WANTED, *custom.ids], "expand": "changelog"}
        if token is not None:
            body["nextPageToken"] = token
        page = reading.client.one(operation=SEARCH, body=body, kind=KIND, page=page_number)
        for place, row in enumerate(rows_of(page, "issues")):
            found[word(row, "id") or f"{page_number}/{place}"] = (row, page)
        following = page.data.get("nextPageToken")
        if page.data.get("isLast") is True or (following is None and page.data.get("isLast") is not False):
            return found, page_number
        if not isinstance(following, str) or following == token:
            raise SchemaDrift("the search promises a further page and does not say which", operation=SEARCH)
        token = following
    raise EndlessPaging("the search offers page after page without end", operation=SEARCH)


def _count(reading: Reading, clauses: str) -> int:
    page = reading.client.one(operation=COUNT, body={"jql": clauses}, kind=KIND)
    told = number(page.data, "count") if isinstance(page.data, dict) else None
    if told is None:
        raise SchemaDrift("the count is no number", operation=COUNT)
    return told


# -- what is asked ---------------------------------------------------------------------------------------------------------


def _projects(reading: Reading) -> str:
    """The beginning of the query. A project that was named and may not be browsed makes the stream partial: JQL would refuse all."""
    seen = {word(row, "key") for row, _page in projects(reading).rows}
    if not seen:
        raise PermissionMissing("the account may browse no project; an empty answer would say nothing", operation=PROJECTS)
    wanted = wanted_keys(reading)
    for each in sorted(set(wanted) - seen):
        said = f"the project {each} does not exist, or the account may not browse it"
        reading.context.fault(KIND, PermissionMissing(said, operation=PROJECTS, partition=f"project {each}"))
    keys = ", ".join(f'"{each}"' for each in sorted(set(wanted) & seen))
    return f"project in ({keys}) AND " if wanted else ""


def _local(reading: Reading, instant: datetime) -> str:
    """An absolute time as JQL understands it: in the zone of the account's profile."""
    page = reading.memo("myself", lambda: reading.client.one(operation=MYSELF))
    told = word(page.data, "timeZone") if isinstance(page.data, dict) else ""
    try:
        zone: Any = ZoneInfo(told) if told else UTC
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC  # the overlap of a day covers what that is wrong by
    return f'"{instant.astimezone(zone):%Y-%m-%d %H:%M}"'


def _fields(reading: Reading) -> JiraPage | None:
    return reading.memo("fields", lambda: reading.part(KIND, FIELDS, lambda: reading.client.one(operation=FIELDS, kind=KIND)))


def _statuses(reading: Reading) -> JiraPage | None:
    return reading.memo("statuses", lambda: reading.part(KIND, STATUSES, lambda: reading.client.one(operation=STATUSES, kind=KIND)))


def _shared(reading: Reading) -> list[str]:
    """The pages that every ticket is read with: what fields and statuses mean, and which projects are seen."""
    pages = [_fields(reading), _statuses(reading), *(page for _row, page in projects(reading).rows)]
    return list(dict.fromkeys(page.digest for page in pages if page is not None))


def _custom(reading: Reading) -> collector.Custom:
    settings = reading.context.settings
    page = _fields(reading)
    if page is None:
        return collector.Custom()
    approvals = names(settings.get("approval_fields", "") or APPROVAL_FIELDS)
    people = names(settings.get("people_fields", "") or PEOPLE_FIELDS)
    found = collector.custom_fields(rows_of(page), approvals, people)
    reading.client.kept.fields = found.changes
    return found


def _done(reading: Reading) -> frozenset[str] | None:
    page = _statuses(reading)
    if page is None:
        return None
    return frozenset(word(row, "id") for row in rows_of(page) if word(inner(row, "statusCategory"), "key") == "done")


# -- what is made of it ----------------------------------------------------------------------------------------------------


def _made(reading: Reading, found: Found, custom: collector.Custom) -> Iterator[Observation]:
    done = reading.memo("done", lambda: _done(reading)) if found else None
    shared = _shared(reading) if found else []
    types = {each.lower() for each in names(reading.context.settings.get("page_types", "") or PAGE_TYPES)}
    for (row, page), more in reading.for_each(found.values(), lambda held: _more(reading, held[0], types)):
        if isinstance(more, Fault):
            raise more
        histories, pages, also = more
        told = collector.Told(histories=histories, pages=pages, done=done, custom=custom)
        yield from reading.facts(KIND, [(row, page)], lambda one, told=told: collector.ticket(one, told), [*also, *shared])


def _more(reading: Reading, row: Row, types: set[str]) -> tuple[list[Row] | None, list[Row] | None, list[str]]:
    """The whole changelog, linked pages where they are wanted, and the digests of further pages."""
    also: list[str] = []
    histories = _histories(reading, row, also)
    pages: list[Row] | None = []
    if word(inner(inner(row, "fields"), "issuetype"), "name").lower() in types:
        answer = reading.part(KIND, PAGES, lambda: reading.client.one(operation=PAGES, path={"issueIdOrKey": word(row, "id")}, kind=KIND))
        pages = list(rows_of(answer)) if answer is not None else None
        also += [answer.digest] if answer is not None else []
    return histories, pages, also


def _histories(reading: Reading, row: Row, also: list[str]) -> list[Row] | None:
    log = inner(row, "changelog")
    told, held = number(log, "total"), rows(log, "histories")
    if told is not None and told <= len(held):
        return held
    if not word(row, "id"):
        return None
    return reading.part(KIND, CHANGELOG, lambda: _paged(reading, word(row, "id"), also))


def _paged(reading: Reading, ident: str, also: list[str]) -> list[Row]:
    found: dict[str, Row] = {}
    for page in reading.client.pages(operation=CHANGELOG, path={"issueIdOrKey": ident}, size=100, kind=KIND):
        also.append(page.digest)
        found |= {word(each, "id"): each for each in rows_of(page, "values")}
    return list(found.values())


READERS: dict[str, Reader] = {KIND: _tickets}
