"""The bed of GitHub: 130 members and outsiders, so that lists take two pages, over the twin."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import integrations.vendors.github
from integrations.errors import (
    AuthExpired,
    AuthRevoked,
    CursorExpired,
    HostilePayload,
    Misconfigured,
    NotLicensed,
    PartialResult,
    PermissionMissing,
    RateLimited,
    SchemaDrift,
    Transient,
    VendorOutage,
)
from integrations.kit.bed import Bed, Trouble, Unknown, World
from integrations.sandbox.clock import Clock
from integrations.sandbox.github.server import Running, running
from integrations.sandbox.github.state import State
from integrations.transport.context import Context
from integrations.transport.contract import Connector
from integrations.vendors.github.client import GithubClient
from integrations.vendors.github.connector import GithubConnector

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLANTED = "planted-4bd2"
TOKEN = "github_pat_kit_0123456789"
OUTSIDERS = "/orgs/*/outside_collaborators"
ALL = dict.fromkeys(
    ("members", "administration", "metadata", "contents", "pull_requests", "organization_administration", "checks", "statuses"), "read"
)


def state(*, empty: bool) -> State:
    """An organization of two owners; unless `empty`, with many members, outsiders, a repository and two merged changes."""
    made = State(login="fernhill", clock=Clock(NOON), created_at=datetime(2024, 1, 8, tzinfo=UTC))
    made.add_member("marta", role="admin", name="Marta Lindqvist", email="marta@fernhill.example")
    made.add_token(TOKEN, "fine_grained", "marta", permissions=dict(ALL), expires_at=NOON + timedelta(days=30))
    if empty:
        return made
    made.add_repository("api")
    for number in range(1, 130):
        made.add_member(f"member-{number:03d}", name=PLANTED)
    for number in range(130):
        made.add_outside_collaborator(f"guest-{number:03d}", "api")
    for title in ("first", "second"):
        pull = made.open_pull("api", "marta", title)
        made.merge("api", pull, "marta")
    return made


def refused(path: str, message: str, status: int = 403):
    """A script: this path is refused with these words from now on."""
    return lambda world: world.twin.faults.add("status", path, times=None, status=status, body={"message": message})


def broken(kind: str, path: str = OUTSIDERS, **options):
    """A script: this path gives that fault of the twin from now on."""
    return lambda world: world.twin.faults.add(kind, path, times=None, **options)


def expire(world: World) -> None:
    """The token ends after it was used once: GitHub told when it ends in the answers before."""
    world.twin.faults.add("action", "/graphql", nth=1, when="before", action="expire_token", token=TOKEN)


class GithubBed(Bed):
    """See the module."""

    connector = GithubConnector
    counts = {"account": 130, "outside_collaborator": 130, "repository": 1, "change": 2}
    paged = frozenset({"account", "outside_collaborator"})
    drifting = frozenset({"account", "outside_collaborator"})
    empties = frozenset({"outside_collaborator"})
    private = (PLANTED,)
    private_file = Path(integrations.vendors.github.__path__[0]) / "private.yaml"
    reads = re.compile(r"GET .*|POST /graphql|POST /app/installations/\d+/access_tokens")
    troubles = {
        AuthRevoked: Trouble(kind="outside_collaborator", script=broken("unauthorized")),
        Misconfigured: Trouble(kind="outside_collaborator", script=refused(OUTSIDERS, "the organization has an IP allow list enabled")),
        PermissionMissing: Trouble(kind="outside_collaborator", script=broken("forbidden")),
        NotLicensed: Trouble(kind="outside_collaborator", script=refused(OUTSIDERS, "Upgrade to GitHub Team to see this")),
        RateLimited: Trouble(kind="outside_collaborator", script=broken("too_many_requests", retry_after=90)),
        Transient: Trouble(kind="outside_collaborator", script=broken("truncated")),
        VendorOutage: Trouble(kind="outside_collaborator", script=broken("html")),
        SchemaDrift: Trouble(kind="outside_collaborator", script=refused(OUTSIDERS, "an object where a list belongs", 200)),
        HostilePayload: Trouble(kind="outside_collaborator", script=broken("duplicate_keys", at="0", key="login")),
        PartialResult: Trouble(
            kind="outside_collaborator", script=lambda world: broken("repeat_link", url=f"{world.twin.url}/orgs/fernhill/outside_collaborators?page=1")(world)
        ),
    }  # fmt: skip
    never = {
        AuthExpired: "the end of a token needs a clock between two streams; test_client tells it from a revoked one",
        CursorExpired: "GitHub's cursors are times and page numbers, which never run out",
    }
    unknowns = (
        Unknown(
            kind="account", field="mfa", script=lambda world: setattr(world.twin.state.members["marta"], "role", "member"), silent=True
        ),
    )

    @contextmanager
    def world(self, *, empty: bool = False) -> Iterator[World]:
        """See Bed."""
        with running(state(empty=empty)) as twin:
            yield World(
                settings={"organization": "fernhill", "base_url": twin.url}, secrets={"token": TOKEN}, clock=twin.clock.now, twin=twin,
                requests=lambda: [f"{each.method} {each.path}" for each in twin.requests.entries],
            )  # fmt: skip

    def deny(self, world: World, kind: str) -> None:
        """See Bed."""
        twin: Running = world.twin
        if kind == "outside_collaborator":
            broken("forbidden")(world)
        elif kind == "repository":
            broken("forbidden", "/orgs/*/repos")(world)
        else:
            for inside in {"account": ("membersWithRole",), "change": ("search(", "pullRequests(first: 1)")}[kind]:
                twin.faults.add(
                    "graphql_error", "/graphql", times=None, holding=inside, type="FORBIDDEN", message="Resource not accessible"
                )

    def leave(self, world: World, kind: str) -> str:
        """See Bed."""
        held: State = world.twin.state
        login = "member-001" if kind == "account" else "guest-000"
        subject = f"user:{held.people[login].id}"
        if kind == "account":
            held.remove_member(login)
        else:
            held.collaborators.pop(login)
        return subject

    def write(self, connector: Connector, context: Context) -> object:
        """See Bed."""
        return GithubClient(context).one(operation="DELETE /orgs/{org}/members/x", path={"org": "fernhill"})

    def make(self) -> Connector:
        """Without waiting between attempts."""
        return GithubConnector(sleep=lambda _seconds: None)
