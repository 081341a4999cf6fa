"""The organization at the identity provider as a whole: there is exactly one per source."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityOrganization(Fact):
    """`status` in lower case. `log_streams`: names of those that send the provider's log elsewhere now, in order, None when they were not
    allowed to be read, empty when there are none."""

    KIND: ClassVar[str] = "identity_organization"
    VERSION: ClassVar[int] = 1

    status: str | None = None
    created: str | None = None
    log_streams: tuple[str, ...] | None = None
