"""Access that was asked for by ticket was approved by somebody else before it was given (CC6.2, CC6.3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from controls.checks.shared.ages import minute
from controls.checks.shared.indexes import Index
from controls.checks.shared.tickets import APPROVING, Approval, approvals, by_others, chosen
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.fact import Fact
from evidence.facts.identity_event.v1 import IdentityEvent
from evidence.facts.ticket.v1 import Ticket
from evidence.facts.tracker_user.v1 import TrackerUser

FACT = Ticket
OTHERS: tuple[type, ...] = (IdentityEvent, TrackerUser)
PARAMETERS: Mapping[str, object] = {
    **APPROVING,
    "types": ["Access request"],
    "labels": ["access-request"],
    "projects": [],
    "grant_events": ["group.user_membership.add", "application.user_membership.add", "user.account.privilege.grant"],
    "days_before": 7,
}


def _by_person(rows: Sequence[IdentityEvent]) -> dict[str, list[IdentityEvent]]:
    found: dict[str, list[IdentityEvent]] = {}
    for each in sorted((row for row in rows if row.at), key=lambda row: row.at or ""):
        found.setdefault(each.target_name.lower(), []).append(each)
    return found


def _emails(rows: Sequence[TrackerUser]) -> dict[str, str | None]:
    return {each.subject: each.email for each in rows}


GRANTS = Index(_by_person)
EMAILS = Index(_emails)


def judge(fact: Ticket, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence[Fact]]) -> Judgement:
    """Judge one request by its approvals and the grants, to those it is about, of what it names."""
    if not chosen(fact, parameters):
        return not_applicable("is no request for access")
    found = approvals(fact, parameters)
    if found is None:
        return no_data("what happened to the request was not observed")
    if fact.created is None or not fact.category:
        return no_data("when the request was filed, or its state, was not observed")
    if not others[IdentityEvent.KIND]:
        return no_data("no identity provider's log is connected: when access was given is not known")
    emails = EMAILS.of(others[TrackerUser.KIND])
    people = fact.about or (fact.reporter,)
    if any(not emails.get(each) for each in people):
        return no_data("the tracker hides the address of whom the request is about, so that the grant cannot be found")
    given = _given(fact, parameters, [str(emails[each]).lower() for each in people], others)
    good = by_others(found, fact.reporter, *people)
    if given is not None:
        return _compared(given, good, found)
    if fact.category != "done":
        return not_applicable("is not decided yet")
    if good:
        return passed(f"was approved at {minute(good[0].at)}; the log holds no grant of what it names")
    if any(not each.actor for each in found):
        return no_data("who approved the request is not known: the account is gone")
    return not_applicable("ended without an approval and without a grant of what it names")


def _given(
    fact: Ticket, parameters: Mapping[str, object], emails: Sequence[str], others: Mapping[str, Sequence[Fact]]
) -> IdentityEvent | None:
    """The first grant of something that the request names, from some days before it was filed."""
    earliest = instants.from_text(fact.created or "") - timedelta(days=int(parameters["days_before"]))  # type: ignore[call-overload]
    events = set(parameters["grant_events"])  # type: ignore[call-overload]
    words = " ".join((fact.name, *fact.labels, *fact.components)).lower()
    held = GRANTS.of(others[IdentityEvent.KIND])
    fitting = [
        each
        for email in emails
        for each in held.get(email, ())
        if each.event in events
        and each.outcome == "success"
        and each.detail_name
        and each.detail_name.lower() in words
        and instants.from_text(each.at or "") >= earliest
    ]
    return min(fitting, key=lambda each: each.at or "", default=None)


def _compared(given: IdentityEvent, good: Sequence[Approval], found: Sequence[Approval]) -> Judgement:
    said = f"{given.detail_name} was given at {minute(given.at or '')}"
    if good and good[0].at <= (given.at or ""):
        return passed(f"{said}, approved at {minute(good[0].at)}")
    if any(not each.actor for each in found):
        return no_data("who approved the request is not known: the account is gone")
    if good:
        return failed(f"{said}, approved only at {minute(good[0].at)}")
    if found:
        return failed(f"{said}; only whoever asked for it or gets it approved it")
    return failed(f"{said} without an approval")
