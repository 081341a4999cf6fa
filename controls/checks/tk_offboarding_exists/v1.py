"""Each leaver has an off-boarding ticket that is done (CC6.2). Done is the status category: some projects give no resolution date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from controls.checks.shared.ages import day, end_of
from controls.checks.shared.businessdays import business_days_after
from controls.checks.shared.indexes import Index
from controls.checks.shared.tickets import chosen
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.fact import Fact
from evidence.facts.person.v1 import Person
from evidence.facts.ticket.v1 import Ticket
from evidence.facts.tracker_user.v1 import TrackerUser

FACT = Person
OTHERS: tuple[type, ...] = (Ticket, TrackerUser)
PARAMETERS: Mapping[str, object] = {"types": ["Off-boarding", "Offboarding"], "labels": ["offboarding"], "projects": [], "business_days": 5}
EARLIEST_DAYS = 120  # a ticket that long before the last day belongs to an earlier employment


def _emails(rows: Sequence[TrackerUser]) -> dict[str, str | None]:
    return {each.subject: each.email.lower() if each.email else None for each in rows}


EMAILS = Index(_emails)


def _candidates(rows: Sequence[Ticket]) -> list[tuple[Ticket, frozenset[str]]]:
    """Tickets with the words by which one may name a person: numbers and addresses in summary and labels."""
    return [(each, frozenset(word.strip("()[]<>,;:").lower() for word in (*each.name.split(), *each.labels))) for each in rows]


TICKETS = Index(_candidates)


@dataclass(frozen=True, slots=True)
class _Found:
    """Off-boarding tickets about the person, and whether some other may be about them."""

    tickets: tuple[Ticket, ...]
    hidden: bool


def judge(fact: Person, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence[Fact]]) -> Judgement:
    """Judge one person of the roster by the tickets that name them: by a user of the tracker with one of their addresses, by an address,
    or by their employee number in summary or labels. Nobody is found by name."""
    if fact.last_day is None:
        return no_data("whether and when the person leaves was not observed")
    if not fact.last_day:
        return not_applicable("has no last day")
    if not others[Ticket.KIND]:
        return no_data("no ticket system is connected: whether there is an off-boarding ticket is not known")
    last = date.fromisoformat(fact.last_day)
    end = business_days_after(str(instants.to_text(end_of(last))), int(parameters["business_days"]))  # type: ignore[call-overload]
    found = _tickets(fact, last, parameters, others)
    said = f"last day {fact.last_day}, off-boarding due on {day(end)}"
    done = [each for each in found.tickets if each.category == "done"]
    if done:
        known = [each.resolved for each in done if each.resolved]
        if not known:
            return passed(f"{said}, the ticket {_key(done[0])} is done")
        first = min(known)
        told = f"{said}, the ticket {_key(done[0])} was done on {day(first)}"
        return passed(told) if instants.from_text(first) <= end else failed(told)
    if not found.tickets and found.hidden:
        return no_data("an off-boarding ticket is about somebody whose address the tracker hides")
    lacking = f"the ticket {_key(found.tickets[0])} is not done" if found.tickets else "there is no ticket"
    return failed(f"{said}, {lacking}") if now >= end else passed(f"{said}, {lacking} yet", end)


def _tickets(fact: Person, last: date, parameters: Mapping[str, object], others: Mapping[str, Sequence[Fact]]) -> _Found:
    emails = EMAILS.of(others[TrackerUser.KIND])
    own = {each.lower() for each in (fact.work_email or "", *fact.other_emails) if each}
    names = own | ({fact.employee_number.lower()} if fact.employee_number else set())
    earliest = str(instants.to_text(end_of(last)))
    tickets, hidden = [], False
    for each, words in TICKETS.of(others[Ticket.KIND]):
        if not chosen(each, parameters) or not _near(each, earliest):
            continue
        about = [emails.get(account) for account in each.about]
        if words & names or any(address in own for address in about if address):
            tickets.append(each)
        elif None in about:
            hidden = True
    return _Found(tuple(sorted(tickets, key=lambda ticket: ticket.subject)), hidden)


def _near(ticket: Ticket, last: str) -> bool:
    if ticket.created is None:
        return True
    return (instants.from_text(last) - instants.from_text(ticket.created)).days <= EARLIEST_DAYS


def _key(ticket: Ticket) -> str:
    return ticket.name.split(" ", 1)[0]
