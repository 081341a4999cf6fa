"""Who we are at Okta for one run: a service app (signed assertion, then a token of an hour) or an API token, and where the organization
lives.

The assertion's times come from the run's clock, and the request for the token goes through our client like every other, so that it
stands in the ledger (its answer is never kept). Source: https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/.
"""

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt
from jwt.algorithms import RSAAlgorithm

from integrations.errors import AuthRevoked, Misconfigured
from integrations.transport.context import Context
from integrations.vendors.okta.errors import ScopesRefused
from integrations.vendors.okta.readonly import TOKEN_PATH

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
STATEMENT_LIFE = timedelta(minutes=5)  # Okta allows an hour
RENEW_BEFORE = timedelta(minutes=5)
Exchange = Callable[[Mapping[str, str]], Mapping[str, Any]]  # form -> answer


class OktaSession:
    """Credentials of one connection. Thread-safe. `wanted`: the scopes that this run needs. Raises Misconfigured when neither app nor
    token is given."""

    def __init__(self, context: Context, wanted: tuple[str, ...]) -> None:
        settings, secrets = context.settings, context.secrets
        self._clock = context.now
        self.base_url = _address(settings.get("org_url", ""))
        self.client_id = settings.get("client_id", "").strip()
        self._key_id = settings.get("key_id", "").strip()
        self._key = secrets.get("private_key", "").strip()
        self._ssws = secrets.get("token", "").strip()
        self._wanted = wanted
        self.lacking: frozenset[str] = frozenset()
        self._token = ""
        self._ends: datetime | None = None
        self._lock = threading.Lock()
        self._check()

    def _check(self) -> None:
        if self.is_app and not self._key:
            raise Misconfigured("a client ID without the app's private key; paste the key that Okta showed when it was made")
        if not self.is_app and not self._ssws:
            raise Misconfigured("give an API Services app (client ID and private key) or an API token")
        if not (self._ssws.isascii() and self._ssws.isprintable()):
            raise Misconfigured("the API token holds characters that no token has; paste it again")

    @property
    def is_app(self) -> bool:
        """Whether a service app is used rather than an API token."""
        return bool(self.client_id)

    @property
    def host(self) -> str:
        """The one host that may be called."""
        return (urlsplit(self.base_url).hostname or "").lower()

    def authorization(self, exchange: Exchange) -> str:
        """The header to send now; an app's token is taken anew before its hour is over. Raises what `exchange` raises."""
        if not self.is_app:
            return f"SSWS {self._ssws}"
        with self._lock:
            if self._ends is None or self._clock() >= self._ends - RENEW_BEFORE:
                self._take(exchange)
            return f"Bearer {self._token}"

    def forget(self, header: str) -> bool:
        """Drop an app's token that Okta refused, so that the next request takes a new one. False when it is no app's: then the
        credential itself is over."""
        if not self.is_app:
            return False
        with self._lock:
            if header == f"Bearer {self._token}":
                self._ends = None
        return True

    def _take(self, exchange: Exchange) -> None:
        try:
            self._keep(exchange(self._form(self._wanted)), self._wanted)
        except ScopesRefused:
            self._keep_granted(exchange)

    def _keep_granted(self, exchange: Exchange) -> None:
        """Okta refuses the whole request for one scope that was not granted: ask for each alone, to name those that are missing."""
        granted = []
        for scope in self._wanted:
            try:
                exchange(self._form((scope,)))
                granted.append(scope)
            except ScopesRefused:
                continue
        if not granted:
            raise Misconfigured(
                f"the app was granted none of the scopes: {', '.join(self._wanted)} (Applications > the app > Okta API Scopes)"
            )
        self._keep(exchange(self._form(tuple(granted))), tuple(granted))

    def _keep(self, answer: Mapping[str, Any], asked: tuple[str, ...]) -> None:
        token, seconds, scope = answer.get("access_token"), answer.get("expires_in"), answer.get("scope")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise AuthRevoked("Okta gave no token for the app")
        given = frozenset(scope.split()) if isinstance(scope, str) else frozenset(asked)
        self.lacking = frozenset(self._wanted) - given
        self._token, self._ends = token, self._clock() + timedelta(seconds=min(max(seconds, 0), 86_400))

    def _form(self, scopes: tuple[str, ...]) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "scope": " ".join(scopes),
            "client_assertion_type": ASSERTION,
            "client_assertion": self._statement(),
        }

    def _statement(self) -> str:
        now = self._clock()
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{self.base_url}{TOKEN_PATH}",
            "iat": int(now.timestamp()),
            "exp": int((now + STATEMENT_LIFE).timestamp()),
            "jti": str(uuid.uuid4()),
        }
        try:
            key, key_id = _read(self._key)
            headers = {"kid": self._key_id or key_id} if self._key_id or key_id else None
            return jwt.encode(claims, key, "RS256", headers)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Misconfigured("the app's private key is neither PEM nor JWK; paste it whole, as Okta showed it") from error


def _read(text: str) -> tuple[Any, str]:
    """The key and its id. Raises ValueError or a PyJWTError for one that is none."""
    if not text.startswith("{"):
        return text, ""
    held = json.loads(text)
    return RSAAlgorithm.from_jwk(held), str(held.get("kid", ""))


def _address(text: str) -> str:
    address = text.strip().rstrip("/")
    parts = urlsplit(address if "://" in address else f"https://{address}")
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host:
        raise Misconfigured("give the organization's address as it stands in the browser: https://COMPANY.okta.com")
    if host.split(".")[0].endswith("-admin"):
        raise Misconfigured(f"{host} is the address of the Admin Console; give it without -admin")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Misconfigured("the organization's address has no path: https://COMPANY.okta.com")
    return f"{parts.scheme}://{parts.netloc}"
