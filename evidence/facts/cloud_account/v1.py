"""An account of the customer's organization at the cloud vendor."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class CloudAccount(Fact):
    """`number`: the vendor's number. `status`: in the vendor's words (ACTIVE, SUSPENDED, PENDING_CLOSURE). `own`: the account that this
    connection reads."""

    KIND: ClassVar[str] = "cloud_account"
    VERSION: ClassVar[int] = 1

    number: str
    status: str = ""
    joined: str | None = None
    own: bool = False
