"""IAM users hold no policy directly (CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.principal.v1 import Principal

FACT = Principal
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Principal, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one IAM user by the policies attached to it or written into it."""
    if fact.form != "user":
        return not_applicable("no IAM user")
    if fact.attached_policies is None or fact.inline_policies is None:
        return no_data("which policies the user holds was not observed")
    held = [each.rpartition("/")[2] for each in fact.attached_policies] + [f"{each} (inline)" for each in fact.inline_policies]
    return failed(f"holds directly: {', '.join(held)}") if held else passed("holds no policy directly")
