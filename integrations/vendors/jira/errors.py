"""What Jira's answers mean to us, as data, so that a new one is one line.

Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/ and, for limits,
https://developer.atlassian.com/cloud/jira/platform/rate-limiting/.
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

COME_BACK = timedelta(seconds=60)  # where Jira does not say when
TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})

# (status, part of the message in small letters, fault). First match wins; "" fits every message.
MEANINGS: tuple[tuple[int, str, type[Fault]], ...] = (
    (400, "nextpagetoken", CursorExpired),
    (400, "does not exist for the field 'project'", PermissionMissing),
    (400, "you do not have permission to view it", PermissionMissing),
    (401, "scope does not match", PermissionMissing),
    (401, "", AuthRevoked),
    (402, "", NotLicensed),
    (403, "ip allowlist", Misconfigured),
    (403, "not on jira's free plan", NotLicensed),
    (403, "upgrade", NotLicensed),
    (403, "", PermissionMissing),
    (404, "site temporarily unavailable", Misconfigured),
    (404, "no message available", Misconfigured),  # the gateway knows no such site
)


class Hidden(PermissionMissing):
    """404: Jira says so both of what is absent and of what we may not see."""


class EndlessPaging(Fault):
    """Jira handed out the same next page twice, or more pages than any site can fill."""

    kind = "partial_result"


class PassingOutage(VendorOutage):
    """A web page with a server error: worth another try within the same call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is known of an answer that is not 2xx."""

    status: int
    message: str
    headers: Mapping[str, str]  # names in small letters
    html: bool
    operation: str


def fault_of(refusal: Refusal, now: datetime) -> Fault:
    """The fault that an answer means. 401 is the caller's to refine: a bearer token may only be over."""
    said = f"{refusal.operation} answered {refusal.status}: {refusal.message}"
    where = {"operation": refusal.operation}
    if refusal.html and refusal.status >= 500:
        return PassingOutage(f"Jira answered {refusal.operation} with a web page (status {refusal.status})", **where)
    if refusal.html and refusal.status not in (401, 403):
        return VendorOutage(f"Jira answered {refusal.operation} with a web page (status {refusal.status})", **where)
    if refusal.status in TRANSIENT_STATUSES or refusal.status > 504:
        return Transient(said, **where)
    if refusal.status == 429:
        return RateLimited(said, retry_at=retry_at(refusal.headers, now), **where)
    for status, part, fault in MEANINGS:
        if refusal.status == status and part in refusal.message.lower():
            return fault(said, **where)
    return Hidden(said, **where) if refusal.status == 404 else SchemaDrift(f"unexpected answer: {said}", **where)


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """When Jira wants to be asked again: Retry-After, else the end of the window, else in a minute."""
    after = headers.get("retry-after", "")
    if after.isdigit():
        return now + timedelta(seconds=min(int(after), 86_400))
    return max(reset_of(headers) or now + COME_BACK, now)


def reset_of(headers: Mapping[str, str]) -> datetime | None:
    """The end of the rate window, where Jira tells it."""
    try:
        told = datetime.fromisoformat(headers.get("x-ratelimit-reset", "")[:40])
    except ValueError:
        return None
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
