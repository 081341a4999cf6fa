"""Reads projects and who may see their tickets. A permission scheme is shown to administrators of the project or the site only."""

from collections.abc import Iterator

from evidence.facts.tracker_project.v1 import Viewer
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.jira.client import JiraPage
from integrations.vendors.jira.collectors.projects import v1 as collector
from integrations.vendors.jira.collectors.values import flag, word
from integrations.vendors.jira.reading import Listed, Reader, Reading, Row
from integrations.vendors.jira.settings import names

PROJECTS = "GET /rest/api/3/project/search"
SCHEME = "GET /rest/api/3/project/{projectIdOrKey}/permissionscheme"
ROLES = "GET /rest/api/3/project/{projectIdOrKey}/role"
ROLE = "GET /rest/api/3/project/{projectIdOrKey}/role/{id}"

STREAMS = (
    Stream(
        kind="tracker_project",
        title="Projects and who may see them",
        operations=(PROJECTS, SCHEME, ROLES, ROLE),
        completeness=Completeness.TOTAL,
        never="No board, filter or workflow is read.",
    ),
)


def wanted_keys(reading: Reading) -> tuple[str, ...]:
    """Keys of the projects that are read; empty: all."""
    return tuple(each.upper() for each in names(reading.context.settings.get("projects", "")))


def projects(reading: Reading) -> Listed:
    """The projects that the account may browse, archived ones included, once a run; only the wanted ones where some are named."""
    return reading.memo("projects", lambda: _projects(reading))


def _projects(reading: Reading) -> Listed:
    query = {"expand": "lead", "orderBy": "key", "status": "live,archived"}
    listed = reading.listed(PROJECTS, kind="tracker_project", size=50, query=query, key=lambda row: row["id"])
    wanted = wanted_keys(reading)
    if not wanted:
        return listed
    rows = tuple((row, page) for row, page in listed.rows if word(row, "key") in wanted)
    return Listed(rows, listed.completeness, len(rows) if listed.total is not None else None)


def _read(reading: Reading) -> Iterator[Observation]:
    kind = "tracker_project"
    listed = projects(reading)
    whole = listed.total is not None and listed.total == len(listed.rows)
    reading.context.achieved(kind, (Completeness.TOTAL if whole else listed.completeness).value)
    if whole and kind not in reading.context.only and listed.total is not None:
        reading.context.expect(kind, listed.total)
    pages = {word(row, "id"): page for row, page in listed.rows}
    for row, found in reading.for_each([row for row, _page in listed.rows], lambda row: _viewers(reading, row)):
        if isinstance(found, Exception):
            raise found
        viewers, also = found
        yield from reading.facts(
            kind, [(row, pages[word(row, "id")])], lambda one, held=viewers: collector.tracker_project(one, held), also
        )


def _viewers(reading: Reading, row: Row) -> tuple[list[Viewer] | None, list[str]]:
    """Who may browse, and the pages that say so; None where that may not be read."""
    also: list[str] = []

    def page_of(operation: str, **more: object) -> JiraPage | None:
        path = {"projectIdOrKey": word(row, "id"), **({"id": more["role"]} if "role" in more else {})}
        query = {"expand": "permissions"} if operation == SCHEME else {}
        page = reading.part(
            "tracker_project", operation, lambda: reading.client.one(operation=operation, path=path, query=query, kind="tracker_project")
        )
        if page is not None:
            also.append(page.digest)
        return page

    if flag(row, "simplified") is True or word(row, "style") == "next-gen":
        return _of_team(row, page_of), also
    scheme = page_of(SCHEME)
    if scheme is None:
        return None, also
    roles = {each: page.data if (page := page_of(ROLE, role=each)) is not None else None for each in collector.role_ids(scheme.data)}
    return collector.of_scheme(scheme.data, roles), also


def _of_team(row: Row, page_of) -> list[Viewer] | None:
    """Of a team-managed project: open to the site, or for its roles only. Whether it is private comes with the list."""
    private = flag(row, "isPrivate")
    if private is None:
        return None
    if not private:
        return collector.everybody()
    listed = page_of(ROLES)
    if listed is None or not isinstance(listed.data, dict):
        return None
    idents = sorted(str(url).rstrip("/").rpartition("/")[2] for url in listed.data.values())
    read = {each: page_of(ROLE, role=each) for each in idents if each.isdigit()}
    return [collector.of_role(page.data if page is not None else None, each) for each, page in read.items()]


READERS: dict[str, Reader] = {"tracker_project": _read}
