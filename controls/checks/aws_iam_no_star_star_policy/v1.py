"""No attached or inline policy of the customer allows everything (CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.grants import GrantError, everything_granted
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.permission_policy.v1 import PermissionPolicy

FACT = PermissionPolicy
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: PermissionPolicy, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one policy by its document in force."""
    if fact.attached is False:
        return not_applicable("attached to nobody")
    if fact.document is None:
        return no_data("the policy's document was not observed")
    try:
        found = everything_granted(fact.document)
    except GrantError as error:
        return no_data(str(error))
    return failed(found) if found else passed("no statement allows everything")
