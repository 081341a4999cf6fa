"""OAuth 2.0 (3LO): the authorization redirect, the token endpoint with rotating refresh tokens, and the sites of a grant.

On Atlassian's side these live on auth.atlassian.com and api.atlassian.com. The person's consent is given by whoever the state names.
"""

from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request

from integrations.sandbox.jira.access import bearer
from integrations.sandbox.jira.answers import Answer, Refused
from integrations.sandbox.jira.state import App, Grant, State

AUTHORIZE = frozenset("audience client_id scope redirect_uri state response_type prompt".split())  # noqa: SIM905
FIELDS = {
    "authorization_code": {"grant_type", "client_id", "client_secret", "code", "redirect_uri"},
    "refresh_token": {"grant_type", "client_id", "client_secret", "refresh_token"},
}


def authorize(state: State, request: Request, user: str) -> Answer:
    """The redirect of somebody who says yes at once. Raises Refused for a request that Atlassian would show an error page for."""
    given = request.args.to_dict()
    if set(given) - AUTHORIZE or {"audience", "client_id", "scope", "redirect_uri", "state", "response_type"} - set(given):
        raise Refused.token(400, "invalid_request", "a parameter is missing or unknown")
    app = state.apps.get(given["client_id"])
    if app is None or given["audience"] != "api.atlassian.com" or given["response_type"] != "code":
        raise Refused.token(400, "invalid_request", "unknown client_id, audience or response_type")
    if given["redirect_uri"] != app.redirect_uri:
        raise Refused.token(400, "invalid_request", "The redirect_uri does not match the one of the app.")
    if unknown := set(given["scope"].split()) - app.scopes - {"offline_access"}:
        raise Refused.token(400, "invalid_scope", f"The app does not have {', '.join(sorted(unknown))}.")
    code = state.code_for(state.grant(app.client_id, user, given["scope"]), app.redirect_uri)
    return Answer(302, headers={"Location": f"{app.redirect_uri}?{urlencode({'state': given['state'], 'code': code})}"})


def token(state: State, body: dict[str, Any]) -> Answer:
    """A bearer token and, for offline access, the next refresh token; the one that was used is over."""
    sort = str(body.get("grant_type"))
    if sort not in FIELDS:
        raise Refused.token(400, "unsupported_grant_type", f"Unsupported grant type: {sort}")
    if set(body) != FIELDS[sort]:
        raise Refused.token(400, "invalid_request", "a parameter is missing or unknown")
    app = state.apps.get(body["client_id"])
    if app is None or app.client_secret != body["client_secret"]:
        raise Refused.token(401, "access_denied", "Unauthorized")
    grant = _of_code(state, app, body) if sort == "authorization_code" else _of_refresh_token(state, app, body["refresh_token"])
    data = {"access_token": state.access_token(grant), "expires_in": 3600, "token_type": "Bearer", "scope": " ".join(sorted(grant.scopes))}
    if grant.refresh:
        data["refresh_token"] = grant.refresh
    return Answer(data=data)


def _of_code(state: State, app: App, body: dict[str, Any]) -> Grant:
    code = state.codes.pop(body["code"], None)
    if code is None or code.grant.client_id != app.client_id or code.redirect_uri != body["redirect_uri"] or state.clock.now() >= code.ends:
        raise Refused.token(403, "invalid_grant", "Invalid authorization code")
    return code.grant


def _of_refresh_token(state: State, app: App, refresh: str) -> Grant:
    grant = next((each for each in state.grants if each.client_id == app.client_id and each.refresh and each.refresh == refresh), None)
    if grant is None or grant.revoked:
        raise Refused.token(403, "unauthorized_client", "refresh_token is invalid")
    state.rotate(grant)
    return grant


def resources(state: State, header: str) -> Answer:
    """The sites that the bearer token reaches."""
    viewer = bearer(state, header)
    assert viewer.grant is not None
    scopes = sorted(viewer.grant.scopes - {"offline_access"})
    return Answer(
        data=[{"id": state.cloud_id, "url": f"https://{state.name}.atlassian.net", "name": state.name, "scopes": scopes, "avatarUrl": ""}]
    )
