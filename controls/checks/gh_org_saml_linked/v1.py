"""Every member has an external identity by SAML or SCIM (CC6.1, CC6.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.registers import entered
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.federated_identity.v1 import FederatedIdentity

FACT = FederatedIdentity
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"exempt": []}


def judge(fact: FederatedIdentity, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one member by the external identities of the organization's identity provider."""
    if entered(fact.name, parameters["exempt"]):  # type: ignore[arg-type]
        return not_applicable("is listed as an account that is nobody's")
    if fact.linked is None:
        return no_data("the identities of single sign-on were not shown")
    if fact.linked:
        return passed(f"is tied to {fact.external_name}" if fact.external_name else "is tied to an identity of the directory")
    return failed("is not tied to an identity of the directory")
