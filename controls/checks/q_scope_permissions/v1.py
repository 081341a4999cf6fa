"""The scopes granted cover those that enabled checks need."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.access_scope.v1 import AccessScope

FACT = AccessScope
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: AccessScope, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one connected account."""
    if fact.missing:
        blind = sorted({check for each in fact.missing for check in each.checks})
        return failed(f"{', '.join(each.operation for each in fact.missing)} refused; blind are {', '.join(blind)}")
    if not fact.read:
        return no_data("nothing was read with this credential yet")
    return passed("nothing that the checks in use need was refused")
