"""Grants of privileged access follow an approved request (CC6.2, CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, minute
from controls.checks.shared.joins import unread
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.access_grant.v1 import AccessGrant

FACT = AccessGrant
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"privileged_groups": [], "window_days": 30, "must_name_right": True}


def judge(fact: AccessGrant, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one grant: a ticket that the person wrote or that names them, created at most `window_days` before, approved by somebody else before it."""
    groups = parameters["privileged_groups"]
    if fact.privileged is None:
        if not groups:
            return unread(fact) or no_data("no list of privileged groups is kept yet")
        if fact.right not in groups and fact.right_name not in groups:  # type: ignore[operator]
            return unread(fact) or not_applicable("no privileged group")
    if blind := unread(fact):
        return blind
    if not fact.at:
        return no_data("when it was given was not observed")
    if not fact.person and not fact.requests:
        return no_data("to whom it was given is not known")
    window = int(parameters["window_days"])  # type: ignore[call-overload]
    given = instants.from_text(fact.at)
    for each in fact.requests:
        if not each.approved or each.approver_is_person or (parameters["must_name_right"] and not each.names_right):
            continue
        if each.created and after(each.created, days=window) >= given and instants.from_text(each.approved) <= given:
            return passed(f"given {minute(given)} by {fact.by}; approved {minute(each.approved)} in {each.ticket}")
    late = [each for each in fact.requests if each.approved and instants.from_text(each.approved) > given]
    more = f"; {late[0].ticket} was approved only {minute(late[0].approved)}" if late else ""
    return failed(f"{fact.right_name or fact.right} given {minute(given)} by {fact.by} without an approved request before it{more}")
