"""Who we are at BambooHR for one run: an API key, or an OAuth application with a refresh token; and where the company lives."""

import base64
import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.errors import AuthRevoked, Misconfigured
from integrations.transport.context import Context
from integrations.vendors.bamboohr.collectors.names import is_forbidden
from integrations.vendors.bamboohr.settings import SETTINGS

COMPANY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")
FIELD = re.compile(r"[A-Za-z0-9_.]{1,80}")
RENEW_BEFORE = timedelta(minutes=5)
DEFAULTS = {each.name: each.default for each in SETTINGS}
Exchange = Callable[[Mapping[str, str]], Mapping[str, Any]]


class BambooSession:
    """Credentials and choices of one connection. Thread-safe. Raises Misconfigured with what to do."""

    def __init__(self, context: Context) -> None:
        self._settings, secrets = context.settings, context.secrets
        self._clock = context.now
        self.company = self._setting("company")
        self._key = secrets.get("api_key", "").strip()
        self._client_id = self._setting("client_id")
        self._client_secret = secrets.get("client_secret", "").strip()
        self._refresh = secrets.get("refresh_token", "").strip()
        self._token = ""
        self._ends: datetime | None = None
        self._lock = threading.Lock()
        if not COMPANY.fullmatch(self.company):
            raise Misconfigured("give the company's name as it stands in its address: the NAME of https://NAME.bamboohr.com")
        self.base_url = (self._setting("base_url") or f"https://{self.company}.bamboohr.com").rstrip("/")
        self._check()
        self.own_fields = self._own_fields()
        self.zones, self.zone = self._zones()

    def _setting(self, name: str) -> str:
        return (self._settings.get(name) or DEFAULTS[name]).strip()

    def _check(self) -> None:
        if urlsplit(self.base_url).scheme not in ("http", "https") or not urlsplit(self.base_url).hostname:
            raise Misconfigured("the API address must begin with https://")
        if not self._key and not (self._client_id and self._client_secret and self._refresh):
            raise Misconfigured("give an API key, or client ID, client secret and refresh token of an OAuth application")
        if not all(each.isascii() and each.isprintable() for each in (self._key, self._client_secret, self._refresh)):
            raise Misconfigured("the credential holds characters that none has; paste it again")

    def _own_fields(self) -> Mapping[str, str]:
        found = {}
        for meaning in ("former_emails", "contract_end"):
            name = self._setting(f"{meaning}_field")
            if not name:
                continue
            if not FIELD.fullmatch(name):
                raise Misconfigured(f"{name[:80]!r} is no name of a field")
            if is_forbidden(name):
                raise Misconfigured(f"the field “{name}” sounds private; such fields are never read")
            found[meaning] = name
        return found

    def _zones(self) -> tuple[Mapping[str, str], str]:
        zones, usual = {}, ""
        for line in self._setting("time_zones").splitlines():
            place, _, name = (each.strip() for each in line.rpartition("="))
            if not name:
                continue
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise Misconfigured(f"“{name[:60]}” is no time zone; write for example Berlin = Europe/Berlin") from error
            if place:
                zones[place] = name
            else:
                usual = name
        return zones, usual

    def words(self, name: str) -> frozenset[str]:
        """A list that a setting holds, in small letters."""
        return frozenset(each.strip().lower() for each in self._setting(name).split(",") if each.strip())

    @property
    def is_oauth(self) -> bool:
        """Whether an OAuth application is used rather than a key."""
        return not self._key

    @property
    def host(self) -> str:
        """The one host that may be called."""
        return (urlsplit(self.base_url).hostname or "").lower()

    def authorization(self, exchange: Exchange) -> str:
        """The header to send now. Raises what `exchange` raises."""
        if not self.is_oauth:
            return "Basic " + base64.b64encode(f"{self._key}:x".encode()).decode()
        with self._lock:
            if self._ends is None or self._clock() >= self._ends - RENEW_BEFORE:
                self._take(exchange)
            return f"Bearer {self._token}"

    def _take(self, exchange: Exchange) -> None:
        answer = exchange(
            {
                "grant_type": "refresh_token",
                "client_id": self._client_id,
                "client_secret": self._client_secret,
                "refresh_token": self._refresh,
            }
        )
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not (token.isascii() and token.isprintable()):
            raise AuthRevoked("BambooHR gave no access token for the refresh token")
        life = seconds if isinstance(seconds, int) and 0 < seconds < 10**6 else 3600
        self._token, self._ends = token, self._clock() + timedelta(seconds=life)
        if isinstance(answer.get("refresh_token"), str) and answer["refresh_token"]:
            self._refresh = answer["refresh_token"]

    def forget(self, authorization: str) -> bool:
        """Drop an access token that was refused, so that the next request takes a new one. False for a key: it is over."""
        if not self.is_oauth:
            return False
        with self._lock:
            if authorization == f"Bearer {self._token}":
                self._ends = None
        return True
