"""Who we are at BambooHR for one run: an API key, or an OAuth application with a refresh token; and where the company lives."""

import base64
import re
import threading
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from evidence.facts import instants
from integrations.errors import AuthRevoked, Misconfigured
from integrations.transport.context import Context
from integrations.vendors.bamboohr import grant
from integrations.vendors.bamboohr.collectors.names import is_forbidden
from integrations.vendors.bamboohr.settings import SETTINGS, address_of

FIELD = re.compile(r"[A-Za-z0-9_.]{1,80}")
RENEW_BEFORE = timedelta(minutes=5)
DEFAULTS = {each.name: each.default for each in SETTINGS}


class BambooSession:
    """Credentials and choices of one connection. Thread-safe. Raises Misconfigured with what to do."""

    def __init__(self, context: Context) -> None:
        self._settings, secrets = context.settings, context.secrets
        self._clock = context.now
        self.company = self._setting("company")
        self._key = secrets.get("api_key", "").strip()
        self._client_id = self._setting("client_id")
        self._client_secret = secrets.get("client_secret", "").strip()
        self._secrets = dict(secrets)
        self._allow = context.allow
        self._renew = context.renew or self._renewed_here
        self._token, self._ends = secrets.get("access_token", ""), secrets.get("access_ends", "")
        self._lock = threading.Lock()
        self.base_url = address_of(self._settings)
        self._check()
        self.own_fields = self._own_fields()
        self.zones, self.zone = self._zones()

    def _setting(self, name: str) -> str:
        return (self._settings.get(name) or DEFAULTS[name]).strip()

    def _check(self) -> None:
        if urlsplit(self.base_url).scheme not in ("http", "https") or not urlsplit(self.base_url).hostname:
            raise Misconfigured("the API address must begin with https://")
        if not all(each.isascii() and each.isprintable() for each in (self._key, self._secrets.get("client_secret", ""))):
            raise Misconfigured("the credential holds characters that none has; paste it again")
        if self._key:
            return
        if not self._client_id:
            raise Misconfigured("give an API key, or client ID and secret of an OAuth application")
        if not self._token and not self._secrets.get("refresh_token"):
            raise Misconfigured("nobody signed in at BambooHR yet; press “Sign in at the vendor” on the connection's page")

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

    def authorization(self) -> str:
        """The header to send now. Raises AuthRevoked, Misconfigured or Transient when no access token is to be had."""
        if not self.is_oauth:
            return "Basic " + base64.b64encode(f"{self._key}:x".encode()).decode()
        with self._lock:
            if not self._token or self._is_over():
                self._take(self._token)
            return f"Bearer {self._token}"

    def _is_over(self) -> bool:
        return not self._ends or instants.from_text(self._ends) <= self._clock() + RENEW_BEFORE

    def forget(self, authorization: str) -> bool:
        """After a refusal: take a new access token. False for a key, which is over. Raises as `authorization`."""
        if not self.is_oauth:
            return False
        with self._lock:
            if authorization == f"Bearer {self._token}":
                self._take(self._token)
        return True

    def _take(self, refused: str) -> None:
        held = self._renew(refused)
        self._token, self._ends = held.get("access_token", ""), held.get("access_ends", "")
        if not self._token:
            raise AuthRevoked("BambooHR gave no access token; sign in again")

    def _renewed_here(self, _refused: str) -> Mapping[str, str]:
        """Without the product around us (a scan, a check of a connection): the new refresh token lives as long as this run."""
        self._secrets |= grant.renew(self._settings, self._secrets, allow=self._allow, now=self._clock())
        return self._secrets
