"""Reads users and groups. Rights of administrators are told by the names of groups: Jira shows nobody else who administers the site."""

from collections.abc import Iterator, Mapping

from integrations.errors import Fault, PermissionMissing
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.jira.client import JiraPage
from integrations.vendors.jira.collectors.people import v1 as collector
from integrations.vendors.jira.collectors.values import word
from integrations.vendors.jira.reading import Listed, Reader, Reading, Row
from integrations.vendors.jira.settings import ADMIN_GROUPS, names

USERS = "GET /rest/api/3/users/search"
GROUPS = "GET /rest/api/3/group/bulk"
MEMBERS = "GET /rest/api/3/group/member"
USERS_A_PAGE, ROWS_A_PAGE = 200, 50

STREAMS = (
    Stream(
        kind="tracker_user",
        title="Users",
        operations=(USERS, GROUPS, MEMBERS),
        completeness=Completeness.DOUBLE_PASS,
        never="No picture, language or place of anybody; an address that its owner hides stays unknown.",
    ),
    Stream(kind="tracker_group", title="Groups", operations=(GROUPS, MEMBERS), completeness=Completeness.DOUBLE_PASS),
)
Members = tuple[tuple[Row, JiraPage], ...]


def groups(reading: Reading) -> Listed:
    """All groups, once a run."""
    return reading.memo("groups", lambda: reading.listed(GROUPS, kind="tracker_group", size=ROWS_A_PAGE, key=lambda row: row["groupId"]))


def members(reading: Reading) -> Mapping[str, Members | Fault]:
    """Who is in each group, by group id, once a run; a group that may not be read has its fault."""
    return reading.memo("members", lambda: {word(row, "groupId"): found for row, found in _members(reading)})


def _members(reading: Reading) -> Iterator[tuple[Row, Members | Fault]]:
    def of_group(row: Row) -> Members:
        query = {"groupId": word(row, "groupId"), "includeInactiveUsers": "true"}
        return reading.listed(MEMBERS, kind="tracker_group", size=ROWS_A_PAGE, query=query, key=lambda each: each["accountId"]).rows

    yield from reading.for_each([row for row, _page in groups(reading).rows], of_group)


def patterns(reading: Reading) -> tuple[str, ...]:
    """Names of groups of site administrators, as set up."""
    return names(reading.context.settings.get("admin_groups", "") or ADMIN_GROUPS)


def _users(reading: Reading) -> Iterator[Observation]:
    kind = "tracker_user"
    held = _memberships(reading)
    listed = reading.listed(USERS, kind=kind, size=USERS_A_PAGE, key=lambda row: row["accountId"], inside="")
    reading.context.achieved(kind, listed.completeness.value)
    told = patterns(reading)

    def make(row: Row):
        if held is None:
            return collector.tracker_user(row, None, None)
        named, known, _pages = held
        own = named.get(word(row, "accountId"), ())
        rules = [each for each in own if collector.administers(each, told)]
        return collector.tracker_user(row, own, bool(rules) if known else None)

    yield from reading.facts(kind, listed.rows, make, held[2] if held is not None else ())


def _memberships(reading: Reading) -> tuple[Mapping[str, list[str]], bool, tuple[str, ...]] | None:
    """(names of groups by account, whether a group of administrators is among them, digests of the pages); None where groups or one
    group's members may not be read, which is reported."""
    listed = reading.part("tracker_user", GROUPS, lambda: groups(reading))
    if listed is None:
        return None
    by_account: dict[str, list[str]] = {}
    pages = [page.digest for _row, page in listed.rows]
    found = members(reading)
    for row, _page in listed.rows:
        inside = found[word(row, "groupId")]
        if isinstance(inside, Fault):
            reading.client.report_once("tracker_user", _refused(inside))
            return None
        for each, page in inside:
            by_account.setdefault(word(each, "accountId"), []).append(word(row, "name"))
            pages.append(page.digest)
    known = any(collector.administers(word(row, "name"), patterns(reading)) for row, _page in listed.rows)
    return by_account, known, tuple(dict.fromkeys(pages))


def _groups(reading: Reading) -> Iterator[Observation]:
    kind = "tracker_group"
    listed = groups(reading)
    reading.context.achieved(kind, listed.completeness.value)
    found = members(reading)
    for row, page in listed.rows:
        inside = found.get(word(row, "groupId"))
        if isinstance(inside, Fault):
            reading.client.report_once(kind, _refused(inside))
        read = inside if isinstance(inside, tuple) else None

        def make(one: Row, read: Members | None = read):
            return collector.tracker_group(one, [each for each, _page in read] if read is not None else None, patterns(reading))

        yield from reading.facts(kind, [(row, page)], make, [held.digest for _each, held in read or ()])


def _refused(fault: Fault) -> Fault:
    return PermissionMissing(fault.detail, operation=MEMBERS) if isinstance(fault, PermissionMissing) else fault


READERS: dict[str, Reader] = {"tracker_user": _users, "tracker_group": _groups}
