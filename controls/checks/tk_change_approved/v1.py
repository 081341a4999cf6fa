"""Changes are approved by somebody else before they are carried out (CC8.1, CC5.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import minute
from controls.checks.shared.tickets import APPROVING, approvals, by_others, chosen
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.ticket.v1 import Ticket

FACT = Ticket
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {
    **APPROVING,
    "types": ["Change"],
    "labels": [],
    "projects": [],
    "carried_out_statuses": ["Deploying", "Deployed", "Implementing", "Implemented", "Released"],
    "abandoned_resolutions": ["Won't Do", "Cancelled", "Declined", "Duplicate"],
}


def judge(fact: Ticket, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one change by who approved it when, who asked for it, who has it, and when it was first carried out."""
    if not chosen(fact, parameters):
        return not_applicable("is no change")
    found = approvals(fact, parameters)
    if found is None or fact.transitions is None:
        return no_data("what happened to the change was not observed")
    done = {str(each).lower() for each in parameters["carried_out_statuses"]}  # type: ignore[attr-defined]
    carried_out = next((each.at for each in fact.transitions if each.field == "status" and each.after.lower() in done), None)
    if carried_out is None:
        abandoned = {str(each).lower() for each in parameters["abandoned_resolutions"]}  # type: ignore[attr-defined]
        resolutions = [each.after.lower() for each in fact.transitions if each.field == "resolution"]
        if resolutions and resolutions[-1] in abandoned:
            return not_applicable("was given up")
        if fact.resolved is None:
            return no_data("when the change was carried out was not observed")
        if not fact.resolved:
            return not_applicable("is not carried out yet")
        carried_out = fact.resolved
    then = minute(carried_out)
    before = [each for each in found if each.at <= carried_out]
    if good := by_others(before, fact.reporter, fact.assignee):
        return passed(f"was approved at {minute(good[-1].at)}, carried out at {then}")
    if any(not each.actor for each in before):
        return no_data("who approved the change is not known: the account is gone")
    if before:
        who = "whoever asked for it" if before[-1].actor == fact.reporter else "whoever carried it out"
        return failed(f"was approved only by {who}, at {minute(before[-1].at)}")
    if found:
        return failed(f"was approved at {minute(found[0].at)}, after it was carried out at {then}")
    return failed(f"was carried out at {then} without an approval")
