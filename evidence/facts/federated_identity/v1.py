"""The tie between an account and the company's own directory (SAML or SCIM identity of an organization member)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedIdentity(Fact):
    """One per account, under the account's own subject. `linked`: the directory knows the account; None when that was not shown.
    `external_name`: the name there, empty when not linked."""

    KIND: ClassVar[str] = "federated_identity"
    VERSION: ClassVar[int] = 1

    linked: bool | None = None
    external_name: str = ""
