"""What a vendor offers whose accounts sign in with OAuth 2.0 and whose refresh tokens are good once.

The one rule: whoever refreshes stores the new token before anything is called with it, and nobody else refreshes meanwhile. That is the
product's work (`integrations.services.credentials`); a vendor's package only speaks with the vendor. Sources: RFC 6749, RFC 7636.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Granted:
    """What signing in brought: plain `settings` (which site) and `secrets` to be stored over those that were there."""

    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


class Grant(Protocol):
    """A module of a vendor's package. `PKCE` says whether the vendor takes a code challenge."""

    PKCE: bool

    def authorize_url(self, settings: Mapping[str, str], *, redirect_uri: str, state: str, challenge: str = "") -> str:
        """Where the person's browser is sent. Raises Misconfigured when a setting is missing."""
        ...

    def accept(
        self, settings: Mapping[str, str], secrets: Mapping[str, str], *, code: str, redirect_uri: str, verifier: str, allow: Iterable[str],
        now: datetime,
    ) -> Granted:  # fmt: skip
        """Turn the code of the redirect into tokens. Raises AuthRevoked, Misconfigured, Transient or ForbiddenAddress."""
        ...

    def renew(self, settings: Mapping[str, str], secrets: Mapping[str, str], *, allow: Iterable[str], now: datetime) -> Mapping[str, str]:
        """The secrets that replace those of the same names: the refresh token that was used is over. Raises as `accept`."""
        ...


def new_state() -> str:
    """A state or code verifier: 43 characters that nobody guesses."""
    return secrets.token_urlsafe(32)


def challenge_of(verifier: str) -> str:
    """The code challenge (S256) of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
