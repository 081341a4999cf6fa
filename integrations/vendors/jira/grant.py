"""Signing in at Atlassian: OAuth 2.0 (3LO) with rotating refresh tokens. Answers are credentials: never kept, never logged.

Source: https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/. Atlassian names no code challenge (PKCE) there; the
secret of the app and the state protect the code.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from compliance.seal.canonical import JsonError, parse_json
from evidence.facts import instants
from integrations.errors import AuthRevoked, Fault, Misconfigured, SchemaDrift, Transient
from integrations.transport.addresses import check_address
from integrations.transport.exchange import Exchange, Transport
from integrations.transport.grants import Granted
from integrations.vendors.jira.permissions import scopes
from integrations.vendors.jira.settings import API_URL, AUTH_URL

PKCE = False
AUDIENCE = "api.atlassian.com"
SECONDS = 15.0  # a row is locked meanwhile
MAX_BYTES = 256 * 1024
RESOURCES = "GET /oauth/token/accessible-resources"
TOKEN = "POST /oauth/token"


def authorize_url(settings: Mapping[str, str], *, redirect_uri: str, state: str, challenge: str = "") -> str:
    """See Grant."""
    asked = {
        "audience": AUDIENCE,
        "client_id": _client_id(settings),
        "scope": " ".join(scopes()),
        "redirect_uri": redirect_uri,
        "state": state,
        "response_type": "code",
        "prompt": "consent",
    }
    return f"{_auth_url(settings)}/authorize?{urlencode(asked)}"


def accept(
    settings: Mapping[str, str], secrets: Mapping[str, str], *, code: str, redirect_uri: str, verifier: str, allow: Iterable[str],
    now: datetime,
) -> Granted:  # fmt: skip
    """See Grant. The site of the connection must be among those that the person allowed."""
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    given = _tokens(settings, secrets, body, tuple(allow), now)
    if not given.get("refresh_token"):
        raise Misconfigured("Atlassian gave no refresh token; allow the app the scope offline_access and sign in again", operation=TOKEN)
    return Granted(settings={"cloud_id": _site(settings, given["access_token"], tuple(allow))}, secrets=given)


def renew(settings: Mapping[str, str], secrets: Mapping[str, str], *, allow: Iterable[str], now: datetime) -> Mapping[str, str]:
    """See Grant."""
    refresh = secrets.get("refresh_token", "")
    if not refresh:
        raise AuthRevoked("nobody signed in at Atlassian yet; press “Sign in at the vendor” on the connection's page", operation=TOKEN)
    return _tokens(settings, secrets, {"grant_type": "refresh_token", "refresh_token": refresh}, tuple(allow), now)


def _tokens(
    settings: Mapping[str, str], secrets: Mapping[str, str], body: Mapping[str, str], allow: tuple[str, ...], now: datetime
) -> dict[str, str]:
    secret = secrets.get("client_secret", "").strip()
    if not secret:
        raise Misconfigured("the secret of the app is missing; enter it again", operation=TOKEN)
    sent = json.dumps({**body, "client_id": _client_id(settings), "client_secret": secret}).encode()
    answer = _called("POST", f"{_auth_url(settings)}/oauth/token", {"content-type": "application/json"}, sent, TOKEN, allow)
    token, seconds = _text(answer, "access_token"), answer.get("expires_in") if isinstance(answer, dict) else None
    if not token:
        raise SchemaDrift("Atlassian's answer holds no access token", operation=TOKEN)
    life = seconds if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 10**6 else 3600
    found = {"access_token": token, "access_ends": str(instants.to_text(now.astimezone(UTC) + timedelta(seconds=life)))}
    refresh = _text(answer, "refresh_token")
    return found | ({"refresh_token": refresh} if refresh else {})


def _site(settings: Mapping[str, str], token: str, allow: tuple[str, ...]) -> str:
    """The cloud id of the connection's site. A sandbox on loopback stands for every site. Raises Misconfigured."""
    url = f"{(settings.get('api_url') or API_URL).rstrip('/')}/oauth/token/accessible-resources"
    answer = _called("GET", url, {"authorization": f"Bearer {token}"}, None, RESOURCES, allow)
    rows = [each for each in answer if isinstance(each, dict)] if isinstance(answer, list) else []
    wanted = urlsplit(settings.get("site_url", "")).hostname
    own = urlsplit(settings.get("api_url") or API_URL).hostname == wanted
    found = [_text(each, "id") for each in rows if own or urlsplit(_text(each, "url")).hostname == wanted]
    if len(found) != 1 or not found[0]:
        seen = ", ".join(sorted(_text(each, "url") for each in rows)) or "no site"
        raise Misconfigured(f"the sign-in allows {seen}, but the connection's site is {wanted}", operation=RESOURCES)
    return found[0]


def _called(method: str, url: str, headers: Mapping[str, str], content: bytes | None, operation: str, allow: tuple[str, ...]) -> Any:
    check_address(url, hosts=(urlsplit(url).hostname or "",), allow=allow)
    transport = Transport("Jira", tls=url.startswith("https:"), read_seconds=SECONDS)
    try:
        answer = transport.send(
            method, url, {"accept": "application/json", "user-agent": "plumbline", **headers}, content, lambda: datetime.now(UTC)
        )
    finally:
        transport.close()
    data = _parsed(answer, operation)
    if answer.status >= 300:
        raise _refusal(answer, data, operation)
    return data


def _parsed(answer: Exchange, operation: str) -> Any:
    if answer.status >= 500 or answer.html:
        raise Transient(f"{operation} answered {answer.status}", operation=operation)
    try:
        return parse_json(answer.body, MAX_BYTES, 20)
    except JsonError as error:
        raise SchemaDrift(f"the answer to {operation} is no JSON", operation=operation) from error


def _refusal(answer: Exchange, data: Any, operation: str) -> Fault:
    """Atlassian answers a spent or withdrawn refresh token with 403 unauthorized_client, a wrong secret with 401 access_denied."""
    said = f"{operation} answered {answer.status}: {_text(data, 'error')} {_text(data, 'error_description')}".strip()[:500]
    if answer.status == 429:
        return Transient(said, operation=operation)
    if _text(data, "error") in ("invalid_request", "access_denied", "unsupported_grant_type"):
        return Misconfigured(f"{said}; look at client ID, secret and redirect address of the app", operation=operation)
    return AuthRevoked(f"{said}; sign in at Atlassian again", operation=operation)


def _client_id(settings: Mapping[str, str]) -> str:
    found = settings.get("client_id", "").strip()
    if not found:
        raise Misconfigured("enter the client ID of the app first")
    return found


def _auth_url(settings: Mapping[str, str]) -> str:
    return (settings.get("auth_url", "").strip() or AUTH_URL).rstrip("/")


def _text(row: Any, name: str) -> str:
    value = row.get(name) if isinstance(row, dict) else None
    return value if isinstance(value, str) else ""
