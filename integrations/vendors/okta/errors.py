"""What Okta's answers mean to us: statuses and error codes as data, so that a new one is one line.

Source: https://developer.okta.com/docs/reference/error-codes/ and https://developer.okta.com/docs/reference/rate-limits/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integrations.errors import (
    AuthRevoked,
    CursorExpired,
    Fault,
    Misconfigured,
    NotLicensed,
    PermissionMissing,
    RateLimited,
    SchemaDrift,
    Transient,
    VendorOutage,
)

COME_BACK = timedelta(seconds=60)  # a window of Okta's limits

# Okta's code -> fault; it says more than the status does.
CODES: Mapping[str, type[Fault]] = {
    "E0000004": AuthRevoked,  # authentication failed
    "E0000005": AuthRevoked,  # invalid session
    "E0000006": PermissionMissing,
    "E0000009": Transient,  # internal server error
    "E0000010": VendorOutage,  # read-only mode
    "E0000011": AuthRevoked,  # invalid token
    "E0000015": NotLicensed,  # feature not enabled
    "E0000022": NotLicensed,  # the endpoint is not offered here
    "E0000095": NotLicensed,
}
# What the OAuth endpoint answers instead of a token -> fault.
WORDS: Mapping[str, type[Fault]] = {
    "invalid_client": AuthRevoked,
    "unauthorized_client": AuthRevoked,
    "access_denied": AuthRevoked,
    "invalid_dpop_proof": Misconfigured,
    "use_dpop_nonce": Misconfigured,
    "invalid_request": Misconfigured,
    "unsupported_grant_type": Misconfigured,
}
SCOPE_WORDS = frozenset({"invalid_scope", "consent_required"})
DPOP_WORDS = frozenset({"invalid_dpop_proof", "use_dpop_nonce"})
STATUSES: Mapping[int, type[Fault]] = {401: AuthRevoked, 402: NotLicensed, 403: PermissionMissing, 405: NotLicensed, 410: NotLicensed}
TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})


class EndlessPaging(Fault):
    """Okta handed out the same next page twice, or more pages than any organization can fill."""

    kind = "partial_result"


class Vanished(Fault):
    """A thing was deleted after it was listed, or was never there. It is left out; the next run will not list it."""

    kind = "vanished"


class ScopesRefused(PermissionMissing):
    """The app was not granted every scope that was asked for."""


class PassingOutage(VendorOutage):
    """A web page with a server error: worth another try within the same call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is known of an answer that is not 2xx. `code`: Okta's errorCode, or the word of the OAuth endpoint."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str]  # names in small letters
    html: bool
    operation: str


def fault_of(refusal: Refusal, now: datetime) -> Fault:
    """The fault that an answer means. An answer that is a web page is an outage whatever its status."""
    said = f"{refusal.operation} answered {refusal.status} {refusal.code}: {refusal.message}"
    where = {"operation": refusal.operation}
    if refusal.html:
        outage = PassingOutage if refusal.status >= 500 else VendorOutage
        return outage(f"Okta answered {refusal.operation} with a web page (status {refusal.status})", **where)
    if refusal.status == 429:
        return RateLimited(said, retry_at=retry_at(refusal.headers, now), **where)
    if refusal.code in SCOPE_WORDS:
        return ScopesRefused(said, **where)
    if refusal.code in DPOP_WORDS:
        return Misconfigured(f"{said}; take the tick from “Require Demonstrating Proof of Possession (DPoP)” at the app", **where)
    if refusal.code in WORDS:
        return WORDS[refusal.code](said, **where)
    if refusal.status in TRANSIENT_STATUSES or refusal.status > 504:
        return Transient(said, **where)
    if refusal.code in CODES:
        return CODES[refusal.code](said, **where)
    if refusal.status == 404:
        return Vanished(said, **where)
    if refusal.status == 400:
        return _of_request(refusal, said)
    return STATUSES.get(refusal.status, SchemaDrift)(said, **where)


def _of_request(refusal: Refusal, said: str) -> Fault:
    message = refusal.message.lower()
    if "feature is not enabled" in message:
        return NotLicensed(said, operation=refusal.operation)
    if "cursor" in message or "validation failed: after" in message:
        return CursorExpired(said, operation=refusal.operation)
    return SchemaDrift(f"unexpected answer: {said}", operation=refusal.operation)


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """When Okta wants to be asked again: the reset of the window, Retry-After, else in a minute."""
    reset = headers.get("x-rate-limit-reset", "")
    if reset.isdigit() and len(reset) < 12:
        return max(datetime.fromtimestamp(int(reset), UTC), now)
    after = headers.get("retry-after", "")
    return now + (timedelta(seconds=min(int(after), 86_400)) if after.isdigit() else COME_BACK)
