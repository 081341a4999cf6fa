"""Grave incidents are followed by a post-mortem within days of their end (CC7.4, CC7.5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.checks.shared.ages import day
from controls.checks.shared.businessdays import business_days_after
from controls.checks.shared.indexes import Index
from controls.checks.shared.tickets import chosen
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.fact import Fact
from evidence.facts.ticket.v1 import Ticket, TicketLink

FACT = Ticket
OTHERS: tuple[type, ...] = (Ticket,)
PARAMETERS: Mapping[str, object] = {
    "types": ["Incident"],
    "labels": [],
    "priorities": ["Highest", "High"],
    "words": ["post-mortem", "postmortem", "post mortem"],
    "business_days": 10,
}
REMOTE = "remote"
REMOTE_CHANGES = ("remoteissuelink", "remoteworkitemlink")


def _types(rows: Sequence[Ticket]) -> dict[str, str]:
    return {each.name.split(" ", 1)[0]: each.type for each in rows}


TYPES = Index(_types)


def judge(fact: Ticket, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence[Fact]]) -> Judgement:
    """Judge one incident by the page or ticket that is linked to it and speaks of a post-mortem, and by when it was linked."""
    if not chosen(fact, parameters):
        return not_applicable("is no incident")
    if fact.priority is None:
        return no_data("the priority was not observed")
    if fact.priority.lower() not in {str(each).lower() for each in parameters["priorities"]}:  # type: ignore[attr-defined]
        return not_applicable(f"has the priority {fact.priority or 'none'}, which needs no post-mortem")
    if fact.resolved is None:
        return no_data("when the incident ended was not observed")
    if not fact.resolved:
        return not_applicable("is not over")
    end = business_days_after(fact.resolved, int(parameters["business_days"]))  # type: ignore[call-overload]
    over = f"over on {day(fact.resolved)}, post-mortem due on {day(end)}"
    if fact.links is None:
        return no_data("what is linked to the incident was not observed")
    types = TYPES.of(others[Ticket.KIND])
    found = [each for each in fact.links if _speaks(each, types, parameters)]
    if not found:
        return failed(f"{over}, none is linked") if now >= end else passed(f"{over}, none is linked yet", end)
    linked = [at for each in found if (at := _linked(fact, each)) is not None]
    if not linked:
        return no_data("when the post-mortem was linked was not observed")
    said = f"{over}, linked on {day(min(linked))}"
    return passed(said) if instants.from_text(min(linked)) <= end else failed(said)


def _speaks(link: TicketLink, types: Mapping[str, str], parameters: Mapping[str, object]) -> bool:
    text = f"{link.kind} {link.target} {types.get(link.target, '')}".lower()
    return any(str(each).lower() in text for each in parameters["words"])  # type: ignore[attr-defined]


def _linked(fact: Ticket, link: TicketLink) -> str | None:
    """When the link was made. Of pages the changelog tells only that one was linked, so it is known where one was."""
    if fact.transitions is None:
        return None
    if link.kind != REMOTE:
        return next((each.at for each in fact.transitions if each.field == "link" and each.after == link.target), None)
    made = [each.at for each in fact.transitions if each.field in REMOTE_CHANGES and each.after]
    return made[0] if len(made) == 1 else None
