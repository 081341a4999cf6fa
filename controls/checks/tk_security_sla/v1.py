"""Security tickets are done within the time of their priority (CC7.4, CC4.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.checks.shared.tickets import chosen, limits
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.ticket.v1 import Ticket

FACT = Ticket
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {
    "labels": ["security"],
    "types": ["Vulnerability"],
    "projects": [],
    "limits": ["Highest 7", "High 30", "Medium 90", "Low 180", "Lowest 180"],
}


def judge(fact: Ticket, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one ticket by creation, priority and the instant it was done. Without a priority the shortest time counts."""
    if not chosen(fact, parameters):
        return not_applicable("is no security ticket")
    times = limits(parameters["limits"])
    if fact.priority is None:
        return no_data("the priority was not observed")
    if fact.created is None:
        return no_data("when the ticket was filed was not observed")
    if not times:
        return no_data("no times are set for priorities")
    days = times.get(fact.priority.lower()) if fact.priority else min(times.values())
    if days is None:
        return no_data(f"there is no time for the priority {fact.priority}")
    end = after(fact.created, days=days)
    said = f"{fact.priority or 'without priority'}, filed on {day(fact.created)}, due on {day(end)}"
    if fact.resolved is None:
        return no_data("when the ticket was done was not observed")
    if not fact.resolved:
        return failed(f"{said}, not done") if now >= end else passed(f"{said}, not done", end)
    said = f"{said}, done on {day(fact.resolved)}"
    return passed(said) if instants.from_text(fact.resolved) <= end else failed(said)
