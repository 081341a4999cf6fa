"""Each security ticket gets somebody and a priority soon after it was filed (CC7.3, CC7.4)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import day
from controls.checks.shared.businessdays import business_days_after
from controls.checks.shared.tickets import chosen, since
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.ticket.v1 import Ticket

FACT = Ticket
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"labels": ["security"], "types": ["Vulnerability"], "projects": [], "business_days": 2}


def judge(fact: Ticket, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one ticket by when it first had an assignee and a priority."""
    if not chosen(fact, parameters):
        return not_applicable("is no security ticket")
    if fact.created is None:
        return no_data("when the ticket was filed was not observed")
    end = business_days_after(fact.created, int(parameters["business_days"]))  # type: ignore[call-overload]
    if fact.resolved and instants.from_text(fact.resolved) <= end:
        return passed(f"was done on {day(fact.resolved)}, due on {day(end)}")
    if fact.priority is None:
        return no_data("the priority was not observed")
    assigned, ranked = since(fact, "assignee", fact.assignee), since(fact, "priority", fact.priority)
    lacking = [words for words, known in (("an assignee", fact.assignee or assigned), ("a priority", fact.priority or ranked)) if not known]
    if lacking:
        said = f"had neither assignee nor priority by {day(end)}" if len(lacking) == 2 else f"had not {lacking[0]} by {day(end)}"
        return failed(said) if now >= end else passed(f"needs {' and '.join(lacking)} by {day(end)}", end)
    if assigned is None or ranked is None:
        return no_data("since when the ticket has an assignee and a priority was not observed")
    both = max(assigned, ranked)
    if instants.from_text(both) > end:
        return failed(f"had an assignee and a priority only on {day(both)}, due on {day(end)}")
    return passed(f"had an assignee and a priority on {day(both)}, due on {day(end)}")
