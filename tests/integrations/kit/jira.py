"""The bed of Jira: 250 users and 130 tickets, so that lists take two pages, over the twin."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import integrations.vendors.jira
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
from integrations.sandbox.jira.server import running
from integrations.sandbox.jira.state import State, account_id
from integrations.transport.context import Context
from integrations.transport.contract import Connector
from integrations.vendors.jira.client import JiraClient
from integrations.vendors.jira.connector import JiraConnector

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLANTED = "planted-91ce"
TOKEN = "ATATT-kit-0123456789"
API = "/rest/api/3"
USERS, GROUPS, MEMBERS = f"{API}/users/search", f"{API}/group/bulk", f"{API}/group/member"
SEARCH, COUNT, PROJECTS = f"{API}/search/jql", f"{API}/search/approximate-count", f"{API}/project/search"
LISTS = {"tracker_user": USERS, "tracker_group": GROUPS, "tracker_project": PROJECTS, "ticket": SEARCH}


def state(*, empty: bool) -> State:
    """A site with an administrator and two projects; unless `empty`, with many people, groups and tickets."""
    made = State(clock=Clock(NOON))
    made.limit = 100_000
    made.add_user("marta", "Marta Lindqvist", "marta@fernhill.example")
    made.administrators = {account_id("marta")}
    made.add_api_token(TOKEN, "marta")
    made.add_project("OPS", "Operations")
    made.add_project("TEAM", "Team board", style="next-gen", private=True)
    if empty:
        return made
    made.add_group("jira-administrators", ["marta"])
    for number in range(1, 250):
        made.add_user(f"member-{number:03d}", f"Member {number}", f"member-{number:03d}@fernhill.example")
    for number in range(3):
        made.add_group(f"group-{number:02d}", [f"member-{number + 1:03d}"])
    for number in range(130):
        issue = made.add_issue("OPS", "Task", f"Task {number}", "marta", at=NOON - timedelta(days=1, minutes=number), description=PLANTED)
        made.edit(issue.key, "marta", ("description", "description", None, PLANTED, None, f"{PLANTED} again"), at=issue.created)
        made.move(issue.key, "In Progress", "marta", at=issue.created + timedelta(seconds=30))
    return made


def refused(path: str, message: str, status: int = 403):
    """A script: this path is refused with these words from now on."""
    return lambda world: world.twin.faults.add("status", path, times=None, status=status, body={"errorMessages": [message], "errors": {}})


def broken(kind: str, path: str = USERS, **options):
    """A script: this path gives that fault of the twin from now on."""
    return lambda world: world.twin.faults.add(kind, path, times=None, **options)


class JiraBed(Bed):
    """See the module."""

    connector = JiraConnector
    counts = {"tracker_user": 250, "tracker_group": 4, "tracker_project": 2, "ticket": 130}
    paged = frozenset({"tracker_user", "ticket"})
    drifting = frozenset({"tracker_user", "ticket"})
    empties = frozenset({"tracker_group", "ticket"})
    private = (PLANTED,)
    private_file = Path(integrations.vendors.jira.__path__[0]) / "private.yaml"
    reads = re.compile(rf"GET .*|POST ({SEARCH}|{COUNT})")
    troubles = {
        AuthRevoked: Trouble(kind="tracker_user", script=broken("unauthorized")),
        Misconfigured: Trouble(kind="tracker_user", script=refused(USERS, "Your address is not on the IP allowlist")),
        PermissionMissing: Trouble(kind="tracker_user", script=broken("forbidden")),
        NotLicensed: Trouble(kind="tracker_user", script=refused(USERS, "Payment required", 402)),
        RateLimited: Trouble(kind="tracker_user", script=broken("too_many_requests", retry_after=90)),
        Transient: Trouble(kind="tracker_user", script=broken("truncated")),
        VendorOutage: Trouble(kind="tracker_user", script=broken("html")),
        SchemaDrift: Trouble(kind="tracker_user", script=refused(USERS, "an object where a list belongs", 200)),
        HostilePayload: Trouble(kind="tracker_user", script=broken("duplicate_keys", at="0", key="accountId")),
        PartialResult: Trouble(kind="ticket", script=broken("set", COUNT, at="count", value=9999)),
        CursorExpired: Trouble(kind="ticket", script=refused(SEARCH, "The nextPageToken is invalid or expired.", 400)),
    }
    never = {AuthExpired: "an API token that is over is refused like a wrong one; bearer tokens are refreshed, which has tests of its own"}
    unknowns = (
        Unknown(kind="tracker_user", field="administrator", script=broken("forbidden", MEMBERS)),
        Unknown(kind="tracker_group", field="members", script=broken("forbidden", MEMBERS)),
        Unknown(kind="tracker_project", field="viewers", script=broken("forbidden", f"{API}/project/*/permissionscheme")),
    )

    @contextmanager
    def world(self, *, empty: bool = False) -> Iterator[World]:
        """See Bed."""
        with running(state(empty=empty)) as twin:
            yield World(
                settings={"site_url": twin.url, "email": "marta@fernhill.example"}, secrets={"api_token": TOKEN}, clock=twin.clock.now,
                twin=twin, requests=lambda: [f"{each.method} {each.path}" for each in twin.requests.entries],
            )  # fmt: skip

    def deny(self, world: World, kind: str) -> None:
        """See Bed."""
        broken("forbidden", LISTS[kind])(world)

    def leave(self, world: World, kind: str) -> str:
        """See Bed."""
        held: State = world.twin.state
        with held.lock:
            if kind == "ticket":
                first = min(held.issues.values(), key=lambda each: each.created)
                del held.issues[first.id]
                return f"issue:{first.id}"
            first_user = min(each for each in held.users if each != account_id("marta"))
            del held.users[first_user]
            return first_user

    def write(self, connector: Connector, context: Context) -> object:
        """See Bed."""
        return JiraClient(context).one(operation="POST /rest/api/3/issue", body={"fields": {}})

    def make(self) -> Connector:
        """Without waiting between attempts."""
        return JiraConnector(sleep=lambda _seconds: None)
