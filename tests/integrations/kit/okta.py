"""The bed of Okta: 230 users, so that the list takes two pages, over the twin."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import integrations.vendors.okta
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
from integrations.sandbox.okta.server import running
from integrations.sandbox.okta.state import Device, State, okta_id, user_target
from integrations.transport.context import Context
from integrations.transport.contract import Connector
from integrations.vendors.okta.client import OktaClient
from integrations.vendors.okta.connector import OktaConnector

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLANTED = "planted-9c1e"
TOKEN = "00kitTokenOfTheReader0123456789"
PEOPLE = 230
DEVICES = 210
LISTS = {
    "identity": "/api/v1/users",
    "identity_device": "/api/v1/devices",
    "identity_group": "/api/v1/groups",
    "identity_event": "/api/v1/logs",
    "network_zone": "/api/v1/zones",
}
ZONES = LISTS["network_zone"]


def state(*, empty: bool) -> State:
    """An organization of one administrator; unless `empty`, with many users and devices, a group, a zone and events."""
    made = State(subdomain="fernhill", clock=Clock(NOON), created=datetime(2024, 1, 8, tzinfo=UTC))
    made.limits = dict.fromkeys(made.limits, 1_000_000)
    marta = made.add_user("marta", "Marta Lindqvist", roles=["SUPER_ADMIN"], last_login=NOON)
    made.add_ssws(TOKEN, "Reader", marta)
    if empty:
        return made
    for number in range(1, PEOPLE):
        status = "DEPROVISIONED" if number % 10 == 0 else "ACTIVE" if number % 20 == 1 else "SUSPENDED"
        made.add_user(f"person-{number:03d}", f"Person {number}", status=status, factors=("sms",), title=PLANTED, department=PLANTED)
    for number in range(DEVICES):
        made.devices.append(
            Device(
                id=okta_id("guo", f"{PLANTED} {number}"), name=PLANTED, platform="MACOS", created=NOON, users=[marta.id], os_version="15.1"
            )
        )
    made.add_group("platform", [marta])
    made.zones.append(
        {"id": "nzo1", "name": "Office", "type": "IP", "status": "ACTIVE", "usage": "POLICY", "system": False, "gateways": []}
    )
    for hours in (1, 2):
        made.log("user.lifecycle.suspend", marta, user_target(made.user("person-001")), at=NOON - timedelta(hours=hours))
    return made


def broken(kind: str, path: str = ZONES, **options: object):
    """A script: this path gives that fault of the twin from now on."""
    return lambda world: world.twin.faults.add(kind, path, times=None, **options)


def answered(status: int, code: str, said: str, path: str = ZONES):
    """A script: this path is refused with these words from now on."""
    return broken("status", path, status=status, body={"errorCode": code, "errorSummary": said, "errorCauses": []})


class OktaBed(Bed):
    """See the module."""

    connector = OktaConnector
    counts = {"identity": PEOPLE, "identity_device": DEVICES, "identity_group": 2, "identity_event": 2, "network_zone": 1}
    paged = frozenset({"identity", "identity_device"})
    drifting = frozenset({"identity_device"})
    empties = frozenset({"identity_device", "identity_event", "network_zone"})
    private = (PLANTED,)
    private_file = Path(integrations.vendors.okta.__path__[0]) / "private.yaml"
    reads = re.compile(r"GET .*|POST /oauth2/v1/token")
    troubles = {
        AuthRevoked: Trouble(kind="network_zone", script=broken("unauthorized")),
        Misconfigured: Trouble(kind="network_zone", script=broken("status", status=302, headers={"Location": "https://elsewhere.example/"})),
        PermissionMissing: Trouble(kind="network_zone", script=broken("forbidden")),
        NotLicensed: Trouble(kind="network_zone", script=answered(401, "E0000015", "You do not have permission to access the feature")),
        RateLimited: Trouble(kind="network_zone", script=broken("too_many_requests")),
        Transient: Trouble(kind="network_zone", script=broken("truncated")),
        VendorOutage: Trouble(kind="network_zone", script=broken("html")),
        SchemaDrift: Trouble(kind="network_zone", script=broken("status", status=200, body={"an object": "where a list belongs"})),
        HostilePayload: Trouble(kind="network_zone", script=broken("duplicate_keys", at="0", key="name")),
        CursorExpired: Trouble(kind="network_zone", script=answered(400, "E0000001", "Api validation failed: after")),
        PartialResult: Trouble(
            kind="network_zone", script=lambda world: broken("repeat_link", url=f"{world.twin.url}{ZONES}?limit=200")(world)
        ),
    }  # fmt: skip
    never = {AuthExpired: "Okta answers E0000011 to an ended token as to a revoked one, and does not tell them apart"}
    unknowns = (
        Unknown(kind="identity", field="roles", script=broken("forbidden", "/api/v1/iam/assignees/users")),
        Unknown(kind="identity", field="groups", script=broken("forbidden", "/api/v1/groups")),
        Unknown(kind="identity", field="factors", script=broken("forbidden", "/api/v1/users/*/factors")),
        Unknown(kind="identity_group", field="member_count", script=broken("forbidden", "/api/v1/groups/*/users")),
    )

    @contextmanager
    def world(self, *, empty: bool = False) -> Iterator[World]:
        """See Bed."""
        with running(state(empty=empty)) as twin:
            yield World(
                settings={"org_url": twin.url}, secrets={"token": TOKEN}, clock=twin.clock.now, twin=twin,
                requests=lambda: [f"{each.method} {each.path}" for each in twin.requests.entries],
            )  # fmt: skip

    def deny(self, world: World, kind: str) -> None:
        """See Bed."""
        broken("forbidden", LISTS[kind])(world)

    def leave(self, world: World, kind: str) -> str:
        """See Bed."""
        held = world.twin.state
        gone = min(held.devices, key=lambda each: each.id)
        held.devices.remove(gone)
        return gone.id

    def write(self, connector: Connector, context: Context) -> object:
        """See Bed."""
        with closing(OktaClient(context, ())) as client:
            return client.one(operation="DELETE /api/v1/users/{id}", path={"id": "x"})

    def make(self) -> Connector:
        """Without waiting between attempts."""
        return OktaConnector(sleep=lambda _seconds: None)
