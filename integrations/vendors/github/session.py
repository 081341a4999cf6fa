"""Who we are at GitHub for one run: a GitHub App (signed statement, then a token of one hour) or a token, and where the API lives.

The signature is PyGithub's (`github.Auth`); the statement's times come from the run's clock, and the request for the token
goes through our client like every other, so that it stands in the ledger (its answer is never kept).
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt
from github import Auth

from evidence.facts import instants
from integrations.errors import AuthRevoked, Misconfigured
from integrations.transport.context import Context
from integrations.vendors.github.settings import DEFAULT_BASE_URL

STATEMENT_LIFE = timedelta(minutes=9)  # GitHub allows ten, by its own clock
CLOCK_DRIFT = timedelta(seconds=60)
RENEW_BEFORE = timedelta(minutes=5)
Exchange = Callable[[str, str], Mapping[str, Any]]  # (installation id, signed statement) -> answer


class GithubSession:
    """Credentials of one connection. Thread-safe. Raises Misconfigured when neither app nor token is given."""

    def __init__(self, context: Context) -> None:
        settings, secrets = context.settings, context.secrets
        self._clock = context.now
        self.organization = settings.get("organization", "").strip()
        self.app_id = settings.get("app_id", "").strip()
        self.installation = settings.get("installation_id", "").strip()
        self.base_url = (settings.get("base_url", "").strip() or DEFAULT_BASE_URL).rstrip("/")
        self._key = secrets.get("private_key", "").strip()
        self._token = secrets.get("token", "").strip()
        self._ends: datetime | None = None
        self._lock = threading.Lock()
        self._check()

    def _check(self) -> None:
        if not self.organization or "/" in self.organization:
            raise Misconfigured("give the organization's name as it stands in its address")
        if urlsplit(self.base_url).scheme not in ("http", "https") or not urlsplit(self.base_url).hostname:
            raise Misconfigured("the API address must begin with https://")
        if self.is_app and not self._key:
            raise Misconfigured("an app ID without the app's private key; paste the PEM file that GitHub gave out")
        if not self.is_app and not self._token:
            raise Misconfigured("give a GitHub App (app ID and private key) or a token")
        if not (self._token.isascii() and self._token.isprintable()):
            raise Misconfigured("the token holds characters that no token has; paste it again")

    @property
    def is_app(self) -> bool:
        """Whether a GitHub App is used rather than a token."""
        return bool(self.app_id)

    @property
    def graphql_url(self) -> str:
        """Where GraphQL lives: beside /api/v3 on an own server, below the base otherwise."""
        if self.base_url.endswith("/api/v3"):
            return self.base_url.removesuffix("/v3") + "/graphql"
        return f"{self.base_url}/graphql"

    @property
    def host(self) -> str:
        """The one host that may be called."""
        return (urlsplit(self.base_url).hostname or "").lower()

    def statement(self) -> str:
        """The app's signed statement (JWT, RS256) about itself. Raises Misconfigured when the key is none."""
        now = self._clock()
        claims = {
            "iat": int((now - CLOCK_DRIFT).timestamp()),
            "exp": int((now + STATEMENT_LIFE).timestamp()),
            "iss": self.app_id,
        }
        try:
            signed = Auth.AppAuth.create_jwt_sign(self._key, "RS256")(claims)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Misconfigured("the app's private key is not a PEM key; paste the whole file that GitHub gave out") from error
        return signed.decode() if isinstance(signed, bytes) else signed

    def token(self, exchange: Exchange) -> str:
        """The bearer token to send now; for an app it is taken anew before its hour is over. Raises what `exchange` raises."""
        if not self.is_app:
            return self._token
        with self._lock:
            if self._ends is None or self._clock() >= self._ends - RENEW_BEFORE:
                self._take(exchange)
            return self._token

    def _take(self, exchange: Exchange) -> None:
        answer = exchange(self.installation, self.statement())
        token, ends = answer.get("token"), answer.get("expires_at")
        if not isinstance(token, str) or not isinstance(ends, str) or not token:
            raise AuthRevoked("GitHub gave no token for the app's installation")
        self._token, self._ends = token, instants.from_text(ends)

    def forget(self, token: str) -> bool:
        """Drop an app's token that GitHub refused, so that the next request takes a new one. False when it is no app's: then the
        credential itself is over."""
        if not self.is_app:
            return False
        with self._lock:
            if self._token == token:
                self._ends = None
        return True
