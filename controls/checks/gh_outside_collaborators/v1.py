"""Each outside collaborator has an unexpired approval (CC6.3)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from controls.checks.shared.ages import day
from controls.checks.shared.registers import approval
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.outside_collaborator.v1 import OutsideCollaborator

FACT = OutsideCollaborator
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"approved": []}


def judge(fact: OutsideCollaborator, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one outside collaborator by the approvals kept as a parameter."""
    register = parameters["approved"]
    if not register:
        return no_data("no register of outside collaborators is kept yet")
    entry = approval(fact.login, register)  # type: ignore[arg-type]
    if entry is None:
        return failed("has no approval")
    if entry.ends is None:
        return passed("is approved without an end")
    last = day(entry.ends - timedelta(days=1))
    if now >= entry.ends:
        return failed(f"was approved until {last}")
    return passed(f"is approved until {last}", entry.ends)
