"""Reads who can sign in: users in every state with their factors, administrator roles and groups."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from integrations.errors import Fault, NotLicensed, PermissionMissing, SchemaDrift
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.okta.client import OktaPage
from integrations.vendors.okta.collectors.directory import v1 as collector
from integrations.vendors.okta.collectors.values import identifier, word
from integrations.vendors.okta.errors import Vanished
from integrations.vendors.okta.reading import UNSOUND, Listed, Reader, Reading, Row, rows_of, settled
from integrations.vendors.okta.settings import FACTORS_SKIPPED

USERS = "GET /api/v1/users"
USER = "GET /api/v1/users/{id}"
FACTORS = "GET /api/v1/users/{userId}/factors"
ASSIGNEES = "GET /api/v1/iam/assignees/users"
ROLES = "GET /api/v1/users/{userId}/roles"
GROUPS = "GET /api/v1/groups"
MEMBERS = "GET /api/v1/groups/{groupId}/users"
DEPROVISIONED = 'status eq "DEPROVISIONED"'
USERS_LIMIT = 200
ASSIGNEES_LIMIT = 100
GROUPS_LIMIT = 1000
MEMBERS_LIMIT = 1000
EVERYBODY = ("BUILT_IN", "Everyone")
REFUSED = (PermissionMissing, NotLicensed, SchemaDrift)

STREAMS = (
    Stream(
        kind="identity",
        title="Users with factors, administrator roles and groups",
        operations=(USERS, FACTORS, ASSIGNEES, ROLES, GROUPS, MEMBERS),
        completeness=Completeness.DOUBLE_PASS,
        never="Of profiles only login, addresses, name, employee number and type of user are kept; no telephone number, no address, no own field.",
    ),
    Stream(
        kind="identity_group",
        title="Groups",
        operations=(GROUPS, MEMBERS),
        completeness=Completeness.DOUBLE_PASS,
        never="Of members only ids are kept here.",
    ),
)


@dataclass
class Membership:
    """Who is in which groups. `of_user`: group ids by user; `pages`: by user the digests that say so; `sizes`: by group, None where a
    group's members could not be read; `counted`: by group the digests of its lists of members; `listed`: those of the list of groups. `known` False: of no group."""

    of_user: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    pages: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, int | None] = field(default_factory=dict)
    counted: dict[str, list[str]] = field(default_factory=dict)
    listed: list[str] = field(default_factory=list)
    known: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """What one user's own call gave: rows (None when it could not be made) and the page; `listed` is the page that named the user as one
    to ask about."""

    rows: tuple[Row, ...] | None = None
    digest: str = ""
    listed: str = ""


def users(reading: Reading) -> Listed:
    """All users, once a run. The list leaves deprovisioned ones out, so they are asked for by a search; whoever is deprovisioned between
    the two is in one of two walks."""

    def still_there(row: Row) -> bool:
        return not reading.client.one(operation=USER, path={"id": identifier(row)}, kind="identity", absent=True).absent

    lists = ((USERS, {"limit": USERS_LIMIT}), (USERS, {"limit": USERS_LIMIT, "search": DEPROVISIONED}))
    return reading.memo("users", lambda: settled(lambda: reading.walked(lists, "identity", identifier), still_there))


def administrators(reading: Reading) -> Mapping[str, Held]:
    """The role rows of everybody who holds one, by user. Whoever is not in it holds none. Raises what listing them raises."""
    return reading.memo("administrators", lambda: _administrators(reading))


def roles_of(held: Mapping[str, Held] | None, user: str) -> tuple[str, ...] | None:
    """The roles of one user; None when they are unknown."""
    if held is None:
        return None
    if user not in held:
        return ()
    rows = held[user].rows
    return collector.roles(rows) if rows is not None else None


def _administrators(reading: Reading) -> dict[str, Held]:
    numbers: dict[str, str] = {}
    for page in reading.client.pages(operation=ASSIGNEES, query={"limit": ASSIGNEES_LIMIT}, kind="identity"):
        numbers |= dict.fromkeys((identifier(row) for row in rows_of(page, "value")), page.digest)
    return {
        number: replace(_held(result), listed=numbers[number])
        for number, result in reading.for_each(numbers, lambda number: _own(reading, ROLES, number))
    }


def _own(reading: Reading, operation: str, number: str) -> OktaPage:
    return reading.client.one(operation=operation, path={"userId": number}, kind="identity", absent=True, partition=number)


def _held(result: OktaPage | Fault) -> Held:
    """Raises a fault that is no refusal: then the list is not whole."""
    if isinstance(result, OktaPage):
        return Held((), result.digest) if result.absent else Held(tuple(rows_of(result)), result.digest)
    if isinstance(result, REFUSED):
        return Held()
    raise result


def groups(reading: Reading) -> Listed:
    """All groups, once a run."""
    return reading.memo("groups", lambda: reading.listed(GROUPS, kind="identity_group", query={"limit": GROUPS_LIMIT}, key=identifier))


def membership(reading: Reading) -> Membership:
    """Who is in which group, once a run. Everybody is in the built-in group Everyone, which is not read."""
    return reading.memo("membership", lambda: _membership(reading))


def _membership(reading: Reading) -> Membership:
    found = Membership()
    listed = groups(reading).rows
    found.listed = list(dict.fromkeys(page.digest for _row, page in listed))
    wanted = [identifier(row) for row, _page in listed if not _everybody(row)]
    for number, result in reading.for_each(wanted, lambda number: _members(reading, number)):
        if isinstance(result, Vanished):
            continue
        if isinstance(result, REFUSED):
            found.known = False
            found.sizes[number] = None
            continue
        if isinstance(result, Fault):
            raise result
        members, found.counted[number] = result
        found.sizes[number] = len(members)
        for user, digest in members.items():
            found.of_user[user].add(number)
            found.pages[user].append(digest)
    return found


def _members(reading: Reading, number: str) -> tuple[dict[str, str], list[str]]:
    """Members with the page of each, and all pages."""
    pages = list(
        reading.client.pages(
            operation=MEMBERS, path={"groupId": number}, query={"limit": MEMBERS_LIMIT}, kind="identity_group", partition=number
        )
    )
    return {identifier(row): page.digest for page in pages for row in rows_of(page)}, [page.digest for page in pages]


def _everybody(row: Row) -> bool:
    profile = row.get("profile")
    return (word(row, "type"), word(profile, "name") if isinstance(profile, dict) else "") == EVERYBODY


def _identities(reading: Reading) -> Iterator[Observation]:
    kind = "identity"
    listed = users(reading)
    reading.context.achieved(kind, listed.completeness.value)
    admins = reading.part(kind, ASSIGNEES, lambda: administrators(reading))
    if admins is not None and any(each.rows is None for each in admins.values()):
        reading.client.report_once(kind, PermissionMissing("the roles of some administrators could not be read", operation=ROLES))
    held = reading.part(kind, GROUPS, lambda: membership(reading))
    if held is not None and not held.known:
        reading.client.report_once(kind, PermissionMissing("members of some groups could not be read", operation=MEMBERS))
        held = None
    for chunk in _chunks(listed, 500):
        factors = _factors(reading, chunk)

        def make(row: Row, factors: Mapping[str, Held] = factors):
            number = identifier(row)
            mine = factors.get(number, Held())
            fact = collector.identity(
                row,
                factors=mine.rows,
                roles=roles_of(admins, number),
                groups=held.of_user.get(number, set()) if held is not None else None,
            )
            own = admins.get(number, Held()) if admins is not None else Held()
            more = [*held.pages[number], *held.listed] if held is not None and number in held.pages else []
            return fact, [each for each in (mine.digest, own.digest, own.listed, *more) if each]

        yield from reading.facts(kind, chunk, make)


def _chunks(listed: Listed, size: int) -> Iterator[tuple[tuple[Row, OktaPage], ...]]:
    for start in range(0, len(listed.rows), size):
        yield listed.rows[start : start + size]


def _factors(reading: Reading, chunk: tuple[tuple[Row, OktaPage], ...]) -> dict[str, Held]:
    """The factors of those who can sign in and are wanted, one call each; nothing where the connection is set up to skip them."""
    kind = "identity"
    if reading.context.settings.get("factors", "").strip() == FACTORS_SKIPPED:
        return {}  # nobody's factors are known then, by the owner's choice
    wanted = [number for row, _page in chunk if (number := _wanted(reading, row))]
    found = {}
    for number, result in reading.for_each(wanted, lambda number: _own(reading, FACTORS, number)):
        found[number] = _held(result)
        if isinstance(result, Fault):
            reading.client.report_once(kind, PermissionMissing(result.detail, operation=FACTORS))
    return found


def _wanted(reading: Reading, row: Row) -> str:
    try:
        number = identifier(row)
    except UNSOUND:  # whoever makes the fact reports it
        return ""
    return number if collector.enabled(row) is not False and reading.wanted("identity", number) else ""


def _groups(reading: Reading) -> Iterator[Observation]:
    kind = "identity_group"
    listed = groups(reading)
    reading.context.achieved(kind, listed.completeness.value)
    held = reading.part(kind, MEMBERS, lambda: membership(reading))
    if held is not None and not held.known:
        reading.client.report_once(kind, PermissionMissing("members of some groups could not be read", operation=MEMBERS))

    def make(row: Row):
        number = identifier(row)
        fact = collector.identity_group(row, members=held.sizes.get(number) if held is not None else None)
        return fact, held.counted.get(number, []) if held is not None else []

    yield from reading.facts(kind, listed.rows, make)


READERS: dict[str, Reader] = {"identity": _identities, "identity_group": _groups}
