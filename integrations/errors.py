"""What can go wrong while reading a vendor: one class per kind, because each kind has its own consequence.

A fault of one stream never stops the others, except those of the credential, which end the run.
Source: connectors.md of the project's design, section 3.5.
"""

from datetime import datetime
from typing import ClassVar


class Fault(Exception):
    """Base. `kind` is the stored word; `ends_run` says that no other stream can succeed; `retry` that trying later may help."""

    kind: ClassVar[str] = "fault"
    ends_run: ClassVar[bool] = False
    retry: ClassVar[bool] = False

    def __init__(self, detail: str, *, operation: str = "", partition: str = "") -> None:
        super().__init__(detail)
        self.detail = detail[:2000]
        self.operation = operation
        self.partition = partition


class AuthExpired(Fault):
    """The credential's time is over; refreshing once did not help. The connection needs a new sign-in."""

    kind = "auth_expired"
    ends_run = True


class AuthRevoked(Fault):
    """The vendor refuses the credential. The connection needs a new one."""

    kind = "auth_revoked"
    ends_run = True


class Misconfigured(Fault):
    """The connection's settings cannot work (unknown account, bad address, ExternalId not demanded)."""

    kind = "misconfigured"
    ends_run = True


class PermissionMissing(Fault):
    """The credential works but may not make this call. Checks that need it answer ERROR, never FAIL."""

    kind = "permission_missing"


class NotLicensed(Fault):
    """The vendor's plan does not offer this. Checks that need it answer NO_DATA with this reason."""

    kind = "not_licensed"


class RateLimited(Fault):
    """The vendor asks to come back at `retry_at`; the stream is continued by a later run, nobody sleeps for it."""

    kind = "rate_limited"
    retry = True

    def __init__(self, detail: str, *, retry_at: datetime, operation: str = "", partition: str = "") -> None:
        super().__init__(detail, operation=operation, partition=partition)
        self.retry_at = retry_at


class QuotaShareReached(RateLimited):
    """Our own politeness limit: the share of the vendor's quota that this connection may use is spent."""

    kind = "quota_share_reached"


class Transient(Fault):
    """A network fault or a single 5xx that outlived the retries."""

    kind = "transient"
    retry = True


class VendorOutage(Fault):
    """The vendor answers with errors throughout, or with a page that is no answer (HTML instead of data)."""

    kind = "vendor_outage"
    retry = True


class SchemaDrift(Fault):
    """The answer has another shape than the vendor documents; the raw page is kept, the value stays unknown."""

    kind = "schema_drift"


class CursorExpired(Fault):
    """The vendor no longer accepts the stored position; the stream starts again from the beginning."""

    kind = "cursor_expired"
    retry = True


class PartialResult(Fault):
    """The vendor cut the result short (a cap, a truncated flag); what came is kept, nothing is marked gone."""

    kind = "partial_result"


class HostilePayload(Fault):
    """The answer is too large, too deep, has duplicate keys or is not what its type says; it was not parsed."""

    kind = "hostile_payload"


class ForbiddenAddress(Fault):
    """An address outside the connector's hosts, or inside a private network, was about to be called. Nothing was sent."""

    kind = "forbidden_address"


class WriteRefused(Fault):
    """A call that could change something at the vendor was about to be made. Nothing was sent. This is our bug."""

    kind = "write_refused"
    ends_run = True


class Cancelled(Fault):
    """A person cancelled the run, or its lease was lost to another worker."""

    kind = "cancelled"
    ends_run = True
