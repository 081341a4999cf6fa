"""Signing in at BambooHR: OAuth 2.0 of an application that the company registered. Answers are credentials: never kept, never logged.

Source: https://documentation.bamboohr.com/docs/authentication and the vendor's OpenAPI description (authorization at /authorize.php, tokens
at /token.php). Whether a refresh token is good once is not documented, so each new one is stored over the old before it is used.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from compliance.seal.canonical import JsonError, parse_json
from evidence.facts import instants
from integrations.errors import AuthRevoked, Misconfigured, SchemaDrift, Transient
from integrations.transport.addresses import check_address
from integrations.transport.exchange import Transport
from integrations.transport.grants import Granted
from integrations.vendors.bamboohr.permissions import SCOPES
from integrations.vendors.bamboohr.settings import address_of

PKCE = False
MAX_BYTES = 256 * 1024
TOKEN = "POST /token.php"
MISTAKES = ("invalid_client", "unauthorized_client", "invalid_request", "redirect_uri_mismatch", "unsupported_grant_type")


def authorize_url(settings: Mapping[str, str], *, redirect_uri: str, state: str, challenge: str = "") -> str:
    """See Grant."""
    asked = {
        "request": "authorize",
        "response_type": "code",
        "client_id": _client_id(settings),
        "scope": "+".join(SCOPES),
        "redirect_uri": redirect_uri,
        "state": state,
    }
    return f"{address_of(settings)}/authorize.php?{urlencode(asked)}"


def accept(
    settings: Mapping[str, str], secrets: Mapping[str, str], *, code: str, redirect_uri: str, verifier: str, allow: Iterable[str],
    now: datetime,
) -> Granted:  # fmt: skip
    """See Grant."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    found = tokens(settings, secrets, form, tuple(allow), now)
    if "refresh_token" not in found:
        raise Misconfigured(
            "BambooHR gave no refresh token; give the application the scope offline_access and sign in again", operation=TOKEN
        )
    return Granted(secrets=found)


def renew(settings: Mapping[str, str], secrets: Mapping[str, str], *, allow: Iterable[str], now: datetime) -> Mapping[str, str]:
    """See Grant."""
    refresh = secrets.get("refresh_token", "").strip()
    if not refresh:
        raise AuthRevoked("nobody signed in at BambooHR yet; press “Sign in at the vendor” on the connection's page", operation=TOKEN)
    return tokens(settings, secrets, {"grant_type": "refresh_token", "refresh_token": refresh}, tuple(allow), now)


def tokens(
    settings: Mapping[str, str], secrets: Mapping[str, str], form: Mapping[str, str], allow: tuple[str, ...], now: datetime
) -> dict[str, str]:
    """`access_token` with its end, and the next `refresh_token` where one came. Raises AuthRevoked, Misconfigured, SchemaDrift, Transient
    or ForbiddenAddress."""
    secret = secrets.get("client_secret", "").strip()
    if not secret:
        raise Misconfigured("the secret of the application is missing; enter it again", operation=TOKEN)
    answer = _asked(address_of(settings), {**form, "client_id": _client_id(settings), "client_secret": secret}, allow)
    token, seconds = _text(answer, "access_token"), answer.get("expires_in") if isinstance(answer, dict) else None
    if not token or not (token.isascii() and token.isprintable()):
        raise SchemaDrift("BambooHR's answer holds no access token", operation=TOKEN)
    life = seconds if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 10**6 else 3600
    found = {"access_token": token, "access_ends": str(instants.to_text(now.astimezone(UTC) + timedelta(seconds=life)))}
    refresh = _text(answer, "refresh_token")
    return found | ({"refresh_token": refresh} if refresh else {})


def _asked(base: str, form: Mapping[str, str], allow: tuple[str, ...]) -> Any:
    url = f"{base}/token.php?request=token"
    check_address(url, hosts=(urlsplit(url).hostname or "",), allow=allow)
    transport = Transport("BambooHR", tls=url.startswith("https:"))
    headers = {"accept": "application/json", "user-agent": "plumbline", "content-type": "application/json"}
    try:
        answer = transport.send("POST", url, headers, json.dumps(form).encode(), lambda: datetime.now(UTC))
    finally:
        transport.close()
    if answer.status >= 500 or answer.status == 429 or answer.html:
        raise Transient(f"{TOKEN} answered {answer.status}", operation=TOKEN)
    try:
        data = parse_json(answer.body, MAX_BYTES, 20)
    except JsonError as error:
        raise SchemaDrift(f"the answer to {TOKEN} is no JSON", operation=TOKEN) from error
    if answer.status >= 300:
        _refuse(answer.status, data)
    return data


def _refuse(status: int, data: Any) -> None:
    word = _text(data, "error")
    said = f"{TOKEN} answered {status}: {word} {_text(data, 'error_description')}".strip()[:500]
    if word in MISTAKES:
        raise Misconfigured(f"{said}; look at client ID, secret and redirect address of the application", operation=TOKEN)
    raise AuthRevoked(f"{said}; sign in at BambooHR again", operation=TOKEN)


def _client_id(settings: Mapping[str, str]) -> str:
    found = settings.get("client_id", "").strip()
    if not found:
        raise Misconfigured("enter the client ID of the application first")
    return found


def _text(row: Any, name: str) -> str:
    value = row.get(name) if isinstance(row, dict) else None
    return value if isinstance(value, str) else ""
