"""Apps and who is assigned to them."""

from typing import Any

from integrations.sandbox.okta.answers import Answer, not_found
from integrations.sandbox.okta.call import Call, route
from integrations.sandbox.okta.clock import stamp
from integrations.sandbox.okta.search import matcher
from integrations.sandbox.okta.state import App

APPS = "okta.apps.read"
APP_BUCKET = "/api/v1/apps/{id}"


@route(
    "/api/v1/apps", APPS, "q", "after", "useOptimization", "alwaysIncludeVpnSettings", "limit", "filter", "expand", "includeNonDeleted",
    limits=(20, 1, 200),
)  # fmt: skip
def apps(call: Call) -> Answer:
    """All apps."""
    rows = list(call.state.apps.values())
    if "filter" in call.query:
        fits = matcher(call.query["filter"], {"status": lambda each: each.status, "name": lambda each: each.key}, "filter")
        rows = [each for each in rows if fits(each)]
    return call.paged(rows, lambda each: app(call, each), lambda each: (each.id,))


@route("/api/v1/apps/{appId}/users", APPS, "after", "limit", "q", "expand", limits=(50, 1, 500), bucket=APP_BUCKET)
def users(call: Call) -> Answer:
    """Users of one app, each with how it was assigned."""
    held = _app(call)

    def render(row: tuple[str, str]) -> dict[str, Any]:
        number, scope = row
        who = call.state.users[number]
        return {
            "id": number,
            "externalId": None if call.state.nulls else "",
            "created": stamp(who.created),
            "lastUpdated": stamp(who.created),
            "scope": scope,
            "status": "ACTIVE",
            "statusChanged": stamp(who.created),
            "passwordChanged": None,
            "syncState": "DISABLED",
            "credentials": {"userName": who.login},
            "profile": {},
            "_links": {"app": call.link(f"/api/v1/apps/{held.id}"), "user": call.link(f"/api/v1/users/{number}")},
        }

    return call.paged(call.state.app_users(held).items(), render, lambda row: (row[0],))


@route("/api/v1/apps/{appId}/groups", APPS, "q", "after", "limit", "expand", limits=(20, 20, 200), bucket=APP_BUCKET)
def groups(call: Call) -> Answer:
    """Groups that one app is assigned to."""
    held = _app(call)

    def render(row: tuple[int, str]) -> dict[str, Any]:
        place, number = row
        return {
            "id": number,
            "lastUpdated": stamp(held.created),
            "priority": place,
            "profile": {},
            "_links": {"app": call.link(f"/api/v1/apps/{held.id}"), "group": call.link(f"/api/v1/groups/{number}")},
        }

    return call.paged(enumerate(held.groups), render, lambda row: (row[0],))


def app(call: Call, row: App) -> dict[str, Any]:
    """An app as Okta writes it, with the null that it sends where its description says string."""
    links: dict[str, Any] = {
        "users": call.link(f"/api/v1/apps/{row.id}/users"),
        "groups": call.link(f"/api/v1/apps/{row.id}/groups"),
        "self": call.link(f"/api/v1/apps/{row.id}"),
    }
    if row.access_policy:
        links["accessPolicy"] = call.link(f"/api/v1/policies/{row.access_policy}")
    return {
        "id": row.id,
        "orn": f"orn:okta:idp:{call.state.id}:apps:{row.key}:{row.id}",
        "name": row.key,
        "label": row.label,
        "status": row.status,
        "created": stamp(row.created),
        "lastUpdated": stamp(row.created),
        "accessibility": {
            "selfService": False,
            **dict.fromkeys(("errorRedirectUrl", "loginRedirectUrl"), None if call.state.nulls else ""),
        },
        "visibility": {"autoSubmitToolbar": False, "hide": {"iOS": False, "web": False}},
        "features": row.features,
        "signOnMode": row.sign_on_mode,
        "credentials": {"userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"}, "signing": {"kid": "SIGNING_KEY"}}
        if row.sign_on_mode != "OPENID_CONNECT"
        else {
            "oauthClient": {"client_id": row.id, "token_endpoint_auth_method": "client_secret_basic", "client_secret": "kept-out-of-sight"}
        },
        "settings": {"app": _own(row), "notifications": {"vpn": _vpn(call)}}
        if row.sign_on_mode != "OPENID_CONNECT"
        else {"oauthClient": {"grant_types": ["authorization_code"], "application_type": "web"}},
        "_links": links,
    }


def _own(row: App) -> dict[str, Any]:
    return {"url": "https://visitors.fernhill.example", "requestIntegration": False} if row.sign_on_mode == "BOOKMARK" else {}


def _vpn(call: Call) -> dict[str, Any]:
    nothing: dict[str, Any] = {"message": None, "helpUrl": None} if call.state.nulls else {}
    return {"network": {"connection": "DISABLED"}, **nothing}


def _app(call: Call) -> App:
    number = call.arguments["appId"]
    if number not in call.state.apps:
        raise not_found("AppInstance", number)
    return call.state.apps[number]
