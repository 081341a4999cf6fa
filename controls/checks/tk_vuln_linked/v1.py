"""Weaknesses that have used up half of their time have a ticket (CC7.1)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from controls.checks.shared.ages import day
from controls.checks.shared.indexes import Index
from controls.checks.shared.tickets import limits
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.fact import Fact
from evidence.facts.ticket.v1 import Ticket
from evidence.facts.vulnerability.v1 import Vulnerability

FACT = Vulnerability
OTHERS: tuple[type, ...] = (Ticket,)
PARAMETERS: Mapping[str, object] = {"limits": ["critical 7", "high 30", "medium 90", "low 180"], "percent": 50}
WORD = re.compile(r"[^\s,;()\[\]<>\"']+")


def _by_word(rows: Sequence[Ticket]) -> dict[str, str]:
    """Keys of tickets by each word of summary, labels and linked addresses, in small letters."""
    found: dict[str, str] = {}
    for each in sorted(rows, key=lambda row: row.subject):
        targets = [link.target for link in each.links or ()]
        for text in (each.name, *each.labels, *targets):
            for word in WORD.findall(text):
                for part in (word, *word.split("/")):
                    found.setdefault(part.strip(".:").lower(), each.name.split(" ", 1)[0])
    return found


WORDS = Index(_by_word)


def judge(fact: Vulnerability, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence[Fact]]) -> Judgement:
    """Judge one open weakness by the tickets that name its identifier."""
    if fact.state is None:
        return no_data("the state of the weakness was not observed")
    if fact.state != "open":
        return not_applicable(f"is {fact.state.replace('_', ' ')}")
    if not others[Ticket.KIND]:
        return no_data("no ticket system is connected: whether there is a ticket is not known")
    if not fact.identifier:
        return no_data("the weakness has no identifier by which a ticket could name it")
    key = WORDS.of(others[Ticket.KIND]).get(fact.identifier.lower())
    if key is not None:
        return passed(f"the ticket {key} names {fact.identifier}")
    if fact.severity is None or fact.found is None:
        return no_data("severity and time of the weakness were not observed")
    days = limits(parameters["limits"]).get(fact.severity.lower())
    if days is None:
        return not_applicable(f"there is no time for the severity {fact.severity}")
    due = instants.from_text(fact.found) + timedelta(days=days) * int(parameters["percent"]) / 100  # type: ignore[call-overload]
    said = f"{fact.severity}, found on {day(fact.found)}, ticket due on {day(due)}"
    return failed(f"{said}, none names {fact.identifier}") if now >= due else passed(said, due)
