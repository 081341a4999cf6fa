"""Apps are assigned through groups (CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.registers import entered
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.identity_app.v1 import IdentityApp

FACT = IdentityApp
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"least_percent": 95, "left_out": []}


def judge(fact: IdentityApp, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one app in use by the share of people who have it through a group."""
    if fact.status is None:
        return no_data("whether the app is in use was not observed")
    if fact.status != "active":
        return not_applicable("is not in use")
    if entered(fact.name, parameters["left_out"]):  # type: ignore[arg-type]
        return not_applicable("is left out: given to single people on purpose")
    if fact.assigned is None or fact.assigned_directly is None:
        return no_data("who has the app was not observed")
    if not fact.assigned:
        return not_applicable("is assigned to nobody")
    through = fact.assigned - fact.assigned_directly
    said = f"{through} of {fact.assigned} people have it through a group"
    least = int(parameters["least_percent"])  # type: ignore[call-overload]
    return passed(said) if through * 100 >= least * fact.assigned else failed(f"{said}, less than {least} %")
