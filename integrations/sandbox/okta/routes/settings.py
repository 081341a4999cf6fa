"""Authenticators, API tokens, network zones, devices, log streams, ThreatInsight and the organization itself."""

from typing import Any

from integrations.sandbox.okta.answers import Answer, Refused
from integrations.sandbox.okta.call import Call, route
from integrations.sandbox.okta.clock import stamp
from integrations.sandbox.okta.routes.directory import user
from integrations.sandbox.okta.state import ApiToken, Device


@route("/api/v1/authenticators", "okta.authenticators.read")
def authenticators(call: Call) -> Answer:
    """All authenticators."""
    return call.whole(
        {**each, "created": stamp(call.state.created), "lastUpdated": stamp(call.state.created), "_links": {}}
        for each in call.state.authenticators
    )


@route("/api/v1/api-tokens", "okta.apiTokens.read")
def api_tokens(call: Call) -> Answer:
    """All API tokens; never the token itself."""
    return call.whole(_token(call, each) for each in call.state.ssws.values() if not each.revoked and call.state.clock.now() < each.expires)


@route("/api/v1/zones", "okta.networkZones.read", "after", "limit", "filter", limits=(200, 1, 200))
def zones(call: Call) -> Answer:
    """All network zones."""
    return call.paged(call.state.zones, lambda each: _dated(call, each, f"/api/v1/zones/{each['id']}"), lambda each: (each["id"],))


@route("/api/v1/devices", "okta.devices.read", "after", "limit", "search", "expand", limits=(200, 1, 200), feature="DEVICES")
def devices(call: Call) -> Answer:
    """All devices, with their users where the call asks to expand them."""
    return call.paged(call.state.devices, lambda each: _device(call, each), lambda each: (each.id,))


@route("/api/v1/logStreams", "okta.logStreams.read", "after", "limit", "filter", limits=(20, 1, 200), feature="LOG_STREAMING")
def streams(call: Call) -> Answer:
    """All log streams."""

    def render(row: dict[str, Any]) -> dict[str, Any]:
        self_link = call.link(f"/api/v1/logStreams/{row['type']}/{row['id']}") | {"method": "GET"}
        return {**row, "created": stamp(call.state.created), "lastUpdated": stamp(call.state.created), "_links": {"self": self_link}}

    return call.paged(call.state.streams, render, lambda each: (each["id"],))


@route("/api/v1/threats/configuration", "okta.threatInsights.read", feature="THREAT_INSIGHT")
def threats(call: Call) -> Answer:
    """The setting of ThreatInsight."""
    return Answer(data=_dated(call, call.state.threats, "/api/v1/threats/configuration"))


@route("/api/v1/org", "okta.orgs.read")
def organization(call: Call) -> Answer:
    """The organization's own settings, with the nulls that Okta sends for what was never filled in."""
    empty = None if call.state.nulls else ""
    return Answer(
        data={
            "id": call.state.id,
            "subdomain": call.state.subdomain,
            "companyName": call.state.company,
            "status": "ACTIVE",
            **dict.fromkeys(("address1", "address2", "city", "country", "postalCode", "state"), empty),
            **dict.fromkeys(("phoneNumber", "supportPhoneNumber", "website", "endUserSupportHelpURL"), empty),
            "created": stamp(call.state.created),
            "lastUpdated": stamp(call.state.created),
            "expiresAt": None if call.state.nulls else stamp(call.state.created),
            "_links": {},
        }
    )


@route("/.well-known/okta-organization", "")
def metadata(call: Call) -> Answer:
    """Which organization answers here; needs no credential."""
    return Answer(data={"id": call.state.id, "pipeline": "idx", "_links": {"organization": {"href": call.base}}})


def _token(call: Call, row: ApiToken) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "userId": row.user_id,
        "clientName": row.client,
        "tokenWindow": row.window,
        "created": stamp(row.created),
        "lastUpdated": stamp(row.updated),
        "expiresAt": stamp(row.expires),
        "network": {"connection": row.connection, "include": row.include, "exclude": []},
        "_link": {"self": {"href": f"{call.base}/api/v1/api-tokens/{row.id}", "hints": {"allow": ["GET", "DELETE", "POST"]}}},
    }


def _device(call: Call, row: Device) -> dict[str, Any]:
    profile: dict[str, Any] = {
        "displayName": row.name,
        "platform": row.platform,
        "osVersion": row.os_version,
        "serialNumber": f"SN-{row.id[-8:]}",
        "registered": row.registered,
        "managed": row.managed,
        "secureHardwarePresent": row.secure_hardware,
    }
    if row.encryption is not None:
        profile["diskEncryptionType"] = row.encryption
    hints = ["GET", "DELETE"] if not call.state.nulls else ["GET", "DELETE", "PATCH_PARTIALLY"]
    found: dict[str, Any] = {
        "id": row.id,
        "status": row.status,
        "created": stamp(row.created),
        "lastUpdated": stamp(row.created),
        "profile": profile,
        "resourceType": "UDDevice",
        "resourceDisplayName": {"value": row.name, "sensitive": False},
        "resourceAlternateId": None if call.state.nulls else "",
        "resourceId": row.id,
        "_links": {"self": {**call.link(f"/api/v1/devices/{row.id}"), "hints": {"allow": hints}}},
    }
    if call.query.get("expand") == "user":
        found["_embedded"] = {
            "users": [
                {
                    "created": stamp(row.created),
                    "managementStatus": "MANAGED" if row.managed else "NOT_MANAGED",
                    "user": user(call, call.state.users[each]),
                }
                for each in row.users
            ]
        }
    return found


def _dated(call: Call, row: dict[str, Any], path: str) -> dict[str, Any]:
    return {**row, "created": stamp(call.state.created), "lastUpdated": stamp(call.state.created), "_links": {"self": call.link(path)}}


def licensed(call: Call) -> None:
    """Raises Refused where the organization's plan lacks the feature of the route."""
    if call.route.feature and call.route.feature not in call.state.features:
        raise Refused(401, "E0000015", "You do not have permission to access the feature you are requesting")
