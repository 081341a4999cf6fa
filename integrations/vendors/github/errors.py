"""What GitHub's answers mean to us: status codes, messages and GraphQL error types as data, so that a new one is one line.

Source: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api and, for limits,
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integrations.errors import (
    AuthRevoked,
    Fault,
    Misconfigured,
    NotLicensed,
    PermissionMissing,
    RateLimited,
    SchemaDrift,
    Transient,
    VendorOutage,
)


class Hidden(PermissionMissing):
    """404: GitHub says so both of what is absent and of what we may not see."""


COME_BACK = timedelta(seconds=60)  # GitHub's advice for a secondary limit without a header
RATE_MESSAGES = ("rate limit", "abuse detection")

# Part of the message (small letters) -> fault, for 403 and 404 that say more than the status does. First match wins.
MESSAGES: tuple[tuple[str, type[Fault]], ...] = (
    ("has been suspended", AuthRevoked),
    ("ip allow list", Misconfigured),
    ("only github apps can use this endpoint", NotLicensed),
    ("advanced security must be enabled", NotLicensed),
    ("code security must be enabled", NotLicensed),
    ("code scanning is not enabled", NotLicensed),
    ("secret scanning is disabled", NotLicensed),
    ("dependabot alerts are disabled", NotLicensed),
    ("upgrade to github", NotLicensed),
    ("not available for your plan", NotLicensed),
    ("resource not accessible", PermissionMissing),
)
GRAPH_TYPES: Mapping[str, type[Fault]] = {
    "FORBIDDEN": PermissionMissing,
    "INSUFFICIENT_SCOPES": PermissionMissing,
    "SAML_FAILURE": PermissionMissing,
    "NOT_FOUND": Hidden,
    "SERVICE_UNAVAILABLE": Transient,
    "INTERNAL": Transient,
    "STALE_DATA": Transient,
}
GRAPH_LIMITS = frozenset({"RATE_LIMIT", "RATE_LIMITED"})
GRAPH_PASSING = ("something went wrong while executing", "timeout", "timedout", "couldn't respond")
TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})


class EndlessPaging(Fault):
    """GitHub handed out the same next page twice, or more pages than any organization can fill."""

    kind = "partial_result"


class Vanished(Fault):
    """A repository was deleted, or moved away, after it was listed. It is left out; the next run will not list it."""

    kind = "vanished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is known of an answer that is not 2xx."""

    status: int
    message: str
    headers: Mapping[str, str]  # names in small letters
    html: bool
    operation: str


def fault_of(refusal: Refusal, now: datetime) -> Fault:
    """The fault that a REST answer means. 401 is the caller's to refine (renewing, expiry). An answer that is a web page is an
    outage whatever its status; 404 is named a missing permission, since GitHub answers it for both (the reader knows better)."""
    said = f"{refusal.operation} answered {refusal.status}: {refusal.message}"
    where = {"operation": refusal.operation}
    if refusal.html:
        return VendorOutage(f"GitHub answered {refusal.operation} with a web page (status {refusal.status})", **where)
    if refusal.status in TRANSIENT_STATUSES or refusal.status > 504:
        return Transient(said, **where)
    if is_limit(refusal):
        return RateLimited(said, retry_at=retry_at(refusal.headers, now), **where)
    if refusal.status == 401:
        return AuthRevoked(said, **where)
    if refusal.status in (402, 403, 404, 409, 410, 451):
        return _denied(refusal, said)
    return SchemaDrift(f"unexpected answer: {said}", **where)


def _denied(refusal: Refusal, said: str) -> Fault:
    where = {"operation": refusal.operation}
    message = refusal.message.lower()
    if "x-github-sso" in refusal.headers:
        return PermissionMissing(f"{said} (authorize the token for the organization's single sign-on)", **where)
    for part, fault in MESSAGES:
        if part in message:
            return fault(_with_permission(said, refusal.headers), **where)
    if refusal.status == 402:
        return NotLicensed(said, **where)
    sort = Hidden if refusal.status == 404 else PermissionMissing
    return sort(_with_permission(said, refusal.headers), **where)


def _with_permission(said: str, headers: Mapping[str, str]) -> str:
    wanted = headers.get("x-accepted-github-permissions") or headers.get("x-accepted-oauth-scopes")
    return f"{said} (it needs {wanted})" if wanted else said


def is_limit(refusal: Refusal) -> bool:
    """Whether the answer asks us to come back later: 429, or 403 with GitHub's words or headers of a limit."""
    if refusal.status == 429:
        return True
    if refusal.status != 403:
        return False
    words = any(each in refusal.message.lower() for each in RATE_MESSAGES)
    return words or "retry-after" in refusal.headers or refusal.headers.get("x-ratelimit-remaining") == "0"


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """When GitHub wants to be asked again: Retry-After, else the window's reset when it is used up, else in a minute."""
    after = headers.get("retry-after", "")
    if after.isdigit():
        return now + timedelta(seconds=min(int(after), 86_400))
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit() and len(reset) < 12:
        return max(datetime.fromtimestamp(int(reset), UTC), now)
    return now + COME_BACK


def graph_fault(kind: str, message: str, operation: str, headers: Mapping[str, str], now: datetime) -> Fault:
    """The fault that an entry of a GraphQL answer's `errors` means."""
    said = f"{operation} answered {kind or 'an error'}: {message}"
    if kind in GRAPH_LIMITS or any(each in message.lower() for each in RATE_MESSAGES):
        return RateLimited(said, retry_at=retry_at(headers, now), operation=operation)
    if kind in GRAPH_TYPES:
        return GRAPH_TYPES[kind](said, operation=operation)
    if any(each in message.lower() for each in GRAPH_PASSING):
        return Transient(said, operation=operation)
    return SchemaDrift(said, operation=operation)


class PassingOutage(VendorOutage):
    """A web page with a server error: worth another try within the same call."""
