"""Who we are at Jira for one run, and where its API lives: an account's API token (Basic) at the site's own address, or an app that
somebody signed in for (OAuth 2.0) at Atlassian's gateway. Refreshing is not done here: whoever runs us owns the refresh token, because
it is good once and must be stored before anything is called with its successor (`Context.renew`)."""

import base64
import threading
from datetime import timedelta
from urllib.parse import urlsplit

from evidence.facts import instants
from integrations.errors import AuthExpired, AuthRevoked, Misconfigured
from integrations.transport.context import Context
from integrations.vendors.jira.settings import API_URL

RENEW_BEFORE = timedelta(minutes=5)


class JiraSession:
    """Credentials of one connection. Thread-safe. Raises Misconfigured when neither token nor app is given."""

    def __init__(self, context: Context) -> None:
        settings, secrets = context.settings, context.secrets
        self._renew = context.renew
        self.site_url = settings.get("site_url", "").strip().rstrip("/")
        self.cloud_id = settings.get("cloud_id", "").strip()
        self._email = settings.get("email", "").strip()
        self._api_token = secrets.get("api_token", "").strip()
        self._client_id = settings.get("client_id", "").strip()
        self._clock = context.now
        self._bearer, self._ends = secrets.get("access_token", ""), secrets.get("access_ends", "")
        self._api_url = (settings.get("api_url", "").strip() or API_URL).rstrip("/")
        self._lock = threading.Lock()
        self._check()
        self.base_url = self.site_url if self.basic else f"{self._api_url}/ex/jira/{self.cloud_id}"

    def _check(self) -> None:
        if urlsplit(self.site_url).scheme not in ("http", "https") or not urlsplit(self.site_url).hostname:
            raise Misconfigured("give the address of the site as people open it: https://NAME.atlassian.net")
        if self.basic and not self._email:
            raise Misconfigured("an API token needs the e-mail address of its account")
        if not (self._api_token + self._email).isascii() or not (self._api_token + self._email).isprintable():
            raise Misconfigured("the API token or its e-mail address holds characters that none has; enter them again")
        if self.basic:
            return
        if not self._client_id:
            raise Misconfigured("give an API token, or the client ID and secret of an app and sign in at Atlassian")
        if not self.cloud_id or not all(each.isalnum() or each == "-" for each in self.cloud_id):
            raise Misconfigured("nobody signed in at Atlassian yet; press “Sign in at the vendor” on the connection's page")

    @property
    def basic(self) -> bool:
        """Whether an API token is used rather than an app."""
        return bool(self._api_token)

    @property
    def host(self) -> str:
        """The one host that may be called."""
        return (urlsplit(self.base_url).hostname or "").lower()

    def authorization(self) -> str:
        """The header to send now. Raises AuthExpired when nobody signed in."""
        if self.basic:
            return "Basic " + base64.b64encode(f"{self._email}:{self._api_token}".encode()).decode()
        with self._lock:
            if not self._bearer or self._is_over():
                self._take("")
            return f"Bearer {self._bearer}"

    def _is_over(self) -> bool:
        return bool(self._ends) and self._renew is not None and instants.from_text(self._ends) <= self._clock() + RENEW_BEFORE

    def renew(self, refused: str) -> bool:
        """After a refusal: take a new bearer token. False when that cannot help. Raises AuthRevoked, AuthExpired or Transient."""
        if self.basic or self._renew is None:
            return False
        with self._lock:
            if refused == f"Bearer {self._bearer}":
                self._take(self._bearer)
        return True

    def _take(self, refused: str) -> None:
        if self._renew is None:
            raise AuthExpired("there is no access token, and nothing here can get one; sign in at Atlassian again")
        secrets = self._renew(refused)
        self._bearer, self._ends = secrets.get("access_token", ""), secrets.get("access_ends", "")
        if not self._bearer:
            raise AuthRevoked("Atlassian gave no access token; sign in again")
