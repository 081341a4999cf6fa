"""Reads who belongs to the organization: members with role and second factor, their tie to the directory, and outsiders."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from integrations.errors import NotLicensed, PermissionMissing, SchemaDrift
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.github.client import GithubPage
from integrations.vendors.github.collectors.people import v1 as collector
from integrations.vendors.github.collectors.values import inner, number, rows, word
from integrations.vendors.github.readers.organization import PLAN, organization_page, plan
from integrations.vendors.github.reading import Listed, Pass, Reader, Reading, Row, settled

MEMBERS = "POST /graphql organization.membersWithRole"
IDENTITIES = "POST /graphql organization.samlIdentityProvider"
MEMBERSHIP = "GET /orgs/{org}/memberships/{username}"
OUTSIDERS = "GET /orgs/{org}/outside_collaborators"
EMAIL_SCOPES = frozenset({"user", "read:user", "user:email"})
WITH_IDENTITY = frozenset({"enterprise", "business_plus"})

STREAMS = (
    Stream(
        kind="account",
        title="Members of the organization",
        operations=(MEMBERS,),
        completeness=Completeness.TOTAL,
        never="Only the address that a member shows in public is seen; no private address, no profile text.",
    ),
    Stream(
        kind="federated_identity",
        title="Members' identities of single sign-on",
        operations=(MEMBERS, IDENTITIES, PLAN),
        completeness=Completeness.TOTAL,
    ),
    Stream(kind="outside_collaborator", title="Outside collaborators", operations=(OUTSIDERS,), completeness=Completeness.DOUBLE_PASS),
)

MEMBERS_DOCUMENT = """
query ($org: String!, $after: String, $email: Boolean!) {
  organization(login: $org) {
    membersWithRole(first: 100, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { role hasTwoFactorEnabled node { databaseId login createdAt email @include(if: $email) } }
    }
  }
}
"""
IDENTITIES_DOCUMENT = """
query ($org: String!, $after: String) {
  organization(login: $org) {
    samlIdentityProvider {
      externalIdentities(first: 100, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { guid user { databaseId login } samlIdentity { nameId } scimIdentity { username } }
      }
    }
  }
}
"""


def members(reading: Reading) -> Listed:
    """All edges of organization.membersWithRole, once a run; a member who leaves between two pages costs nobody else's row."""

    def still_there(edge: Row) -> bool:
        path = {"org": reading.organization, "username": word(inner(edge, "node"), "login")}
        return not reading.client.one(operation=MEMBERSHIP, path=path, kind="account", absent=("not found",)).absent

    return reading.memo("members", lambda: settled(lambda: _walk_members(reading), still_there))


def _walk_members(reading: Reading) -> Pass:
    organization_page(reading)  # any REST answer tells a classic token's scopes; this one is needed anyway
    scopes = reading.client.scopes
    given = {"email": scopes is None or bool(scopes & EMAIL_SCOPES)}
    return walk(
        reading, MEMBERS, MEMBERS_DOCUMENT, given, "account", lambda data: inner(inner(data, "organization"), "membersWithRole"),
        "edges", lambda edge: edge["node"]["databaseId"],
    )  # fmt: skip


def walk(
    reading: Reading, operation: str, document: str, variables: Mapping[str, object], kind: str, connection: Callable[[Row], Row],
    inside: str, key: Callable[[Row], Any],
) -> Pass:  # fmt: skip
    """One walk through a GraphQL connection. Raises SchemaDrift when it is not where the document asked for it."""
    found: dict[Any, tuple[Row, GithubPage]] = {}
    after, pages, total = None, 0, None
    while True:
        pages += 1
        page = reading.client.graph(
            operation=operation,
            document=document,
            variables={"org": reading.organization, "after": after, **variables},
            kind=kind,
            page=pages,
        )
        held = connection(page.data["data"])
        if not isinstance(held.get(inside), list):
            raise SchemaDrift(f"{operation} answered without {inside}", operation=operation)
        total = number(held, "totalCount")
        for row in rows(held, inside):
            found[key(row)] = (row, page)
        following = inner(held, "pageInfo")
        if following.get("hasNextPage") is not True:
            return Pass(found, pages, total)
        if not following.get("endCursor") or following["endCursor"] == after:
            raise SchemaDrift(f"{operation} promises a further page and does not say which", operation=operation)
        after = following["endCursor"]


def _accounts(reading: Reading) -> Iterator[Observation]:
    listed = members(reading)
    _state(reading, "account", listed)
    yield from reading.facts("account", listed.rows, collector.account)


def _state(reading: Reading, kind: str, listed: Listed) -> None:
    reading.context.achieved(kind, listed.completeness.value)
    if listed.total is not None and kind not in reading.context.only:
        reading.context.expect(kind, listed.total)


def _identities(reading: Reading) -> Iterator[Observation]:
    kind = "federated_identity"
    held = _external(reading)
    bought = plan(reading) if held is None else None
    if held is None and bought is not None and bought not in WITH_IDENTITY:
        raise NotLicensed(
            f"single sign-on comes with GitHub Enterprise Cloud; this organization has the plan {bought}", operation=IDENTITIES
        )
    if held is None and bought is None:
        said = f"GitHub shows neither single sign-on nor the plan to this credential; {PLAN} would tell which it is"
        raise PermissionMissing(said, operation=IDENTITIES)
    by_user = {number(inner(row, "user"), "databaseId"): row for row, _page in held.rows} if held is not None else {}
    also = tuple(dict.fromkeys(page.digest for _row, page in held.rows)) if held is not None else ()
    listed = members(reading)
    _state(reading, kind, listed)

    def make(edge: Row):
        identity = by_user.get(number(inner(edge, "node"), "databaseId"))
        return collector.federated_identity(edge, identity, shown=True)

    yield from reading.facts(kind, listed.rows, make, also)


def _external(reading: Reading) -> Listed | None:
    """External identities; None when single sign-on is not set up (or hidden, which the plan tells)."""
    provided = True

    def connection(data: Row) -> Row:
        nonlocal provided
        provider = inner(data, "organization").get("samlIdentityProvider")
        provided = isinstance(provider, dict)
        return inner(provider, "externalIdentities") if isinstance(provider, dict) else {"nodes": []}

    listed = settled(
        lambda: walk(reading, IDENTITIES, IDENTITIES_DOCUMENT, {}, "federated_identity", connection, "nodes", lambda row: row["guid"])
    )
    return listed if provided else None


def _outsiders(reading: Reading) -> Iterator[Observation]:
    kind = "outside_collaborator"
    listed = reading.listed(OUTSIDERS, kind=kind, path={"org": reading.organization}, key=lambda row: row["id"])
    reading.context.achieved(kind, listed.completeness.value)
    yield from reading.facts(kind, listed.rows, collector.outside_collaborator)


READERS: dict[str, Reader] = {"account": _accounts, "federated_identity": _identities, "outside_collaborator": _outsiders}
