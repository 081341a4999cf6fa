"""Privileged access and its register agree, both ways (CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import minute
from controls.checks.shared.joins import unread
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts import instants
from evidence.facts.privilege.v1 import Privilege

FACT = Privilege
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Privilege, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one privilege that a system shows or the register has."""
    if not fact.register_kept:
        return unread(fact) or no_data("no register of privileged access is kept yet")
    if fact.held and not fact.entered:
        rights = f" ({', '.join(fact.rights)})" if fact.rights else ""
        return failed(f"administrates {fact.system}{rights} and is not in the register")
    if fact.entered and fact.approver and fact.approver == fact.person_name:
        return failed("approved by the one who has the access")
    turns = instants.from_text(fact.expires) if fact.expires else None
    if turns is not None and now >= turns:
        return failed(f"the approval by {fact.approver} ran out on {minute(turns)}")
    if blind := unread(fact):
        return blind
    if fact.held is None:
        return no_data(f"{fact.system} does not show who administrates it")
    if not fact.held:
        return failed(f"approved by {fact.approver}, but {fact.system} shows no such access: end the entry")
    return passed(f"approved by {fact.approver}{f' until {minute(turns)}' if turns else ''}: {fact.reason}", holds_until=turns)
