"""A log of what is done in a cloud account (CloudTrail trail)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTrail(Fact):
    """`management_reads`, `management_writes`: events of reading and changing configuration are in it. `key`: the customer's
    encryption key, "" for the vendor's. `account`: number of the account in which it was seen at work (a trail of the organization
    stands in another). `validation`: digests of delivered files are kept, so that tampering shows."""

    KIND: ClassVar[str] = "audit_trail"
    VERSION: ClassVar[int] = 1

    account: str = ""
    home: str = ""
    multi_region: bool | None = None
    organization_wide: bool | None = None
    logging: bool | None = None
    management_reads: bool | None = None
    management_writes: bool | None = None
    validation: bool | None = None
    key: str | None = None
    store: str = ""
