"""What BambooHR's refusals mean to us, as data, so that a new one is one line.

Source: https://documentation.bamboohr.com/docs/api-details (status codes, the header X-BambooHR-Error-Message, Retry-After with 503 and
429) and the responses of the vendor's OpenAPI description.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.errors import (
    AuthRevoked,
    CursorExpired,
    Fault,
    Misconfigured,
    NotLicensed,
    PartialResult,
    PermissionMissing,
    RateLimited,
    SchemaDrift,
    Transient,
    VendorOutage,
)

COME_BACK = timedelta(seconds=60)
TRANSIENT_STATUSES = frozenset({500, 502, 504})

# (status, part of what it said in small letters, fault); the first that fits decides, "" fits whatever was said.
MEANINGS: tuple[tuple[int, str, type[Fault]], ...] = (
    (400, "badpage", CursorExpired),
    (400, "", SchemaDrift),
    (401, "", AuthRevoked),
    (402, "", NotLicensed),
    (403, "not enabled for this account", NotLicensed),
    (403, "", PermissionMissing),
    (404, "company", Misconfigured),
    (404, "", PermissionMissing),
    (413, "", PartialResult),
    (422, "not_found", PermissionMissing),
    (422, "", SchemaDrift),
)


class PassingOutage(VendorOutage):
    """A web page with a server error: worth another try within the same call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is known of an answer that is not 2xx. `said` holds code and message."""

    status: int
    said: str
    headers: Mapping[str, str]  # names in small letters
    html: bool
    operation: str


def fault_of(refusal: Refusal, now: datetime) -> Fault:
    """The fault that an answer means. 503 asks to come back later: BambooHR's older form of a rate limit."""
    where = {"operation": refusal.operation}
    if refusal.status == 429 or (refusal.status == 503 and "retry-after" in refusal.headers):
        said = f"BambooHR asks to come back later ({refusal.status})"
        return RateLimited(said, retry_at=retry_at(refusal.headers, now), **where)
    if refusal.html:
        said = f"BambooHR answered {refusal.operation} with a web page (status {refusal.status})"
        return PassingOutage(said, **where) if refusal.status >= 500 else VendorOutage(said, **where)
    text = f"{refusal.operation} answered {refusal.status}: {refusal.said}"
    if refusal.status in TRANSIENT_STATUSES or refusal.status >= 503:
        return Transient(text, **where)
    for status, part, fault in MEANINGS:
        if status == refusal.status and part in refusal.said.lower():
            return fault(text, **where)
    return SchemaDrift(f"unexpected answer: {text}", **where)


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """When to ask again: Retry-After in seconds, else in a minute; never more than a day ahead."""
    after = headers.get("retry-after", "")
    return now + (timedelta(seconds=min(int(after), 86_400)) if after.isdigit() and len(after) < 10 else COME_BACK)
