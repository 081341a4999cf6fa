"""What the demo company decided about accounts of nobody and about privileged access, some weeks after people were first joined.

A few are left open, so that the queue has work in it: two outsiders and the account for social media.
"""

from datetime import datetime, timedelta
from functools import cache

from compliance.trail.actor import Actor, ActorKind
from integrations.sandbox.company.answers import PERSON, Answer, answers
from integrations.sandbox.company.roster import Colleague, colleagues
from people.selectors.accounts import AccountFilter, accounts, privileged_accounts
from people.selectors.persons import persons_found
from people.services.decisions import Wish, decide
from people.services.register import enter_privilege

PRIYA = Actor(ActorKind.USER, "Priya Natarajan")
LEFT_OPEN = frozenset({"social-media@fernhill.example", "assessor@lambert-security.example", "mona-reyes"})
UNAPPROVED = frozenset({"hendrik.olsen@fernhill.example"})
OUTSIDERS_UNTIL = timedelta(days=400)


def settle_accounts(now: datetime) -> None:
    """Decide whose or what every undecided account is, as the company's answer key says, and enter who may administer."""
    for account in accounts(AccountFilter(show="undecided")):
        known = _answer(account.system, account.login, account.key.rpartition("/")[2])
        if known is None or account.login in LEFT_OPEN:
            continue
        wish = _wish(known, now)
        if wish is not None:
            decide(actor=PRIYA, accounts=[account], wish=wish, now=now)
    for account in privileged_accounts():
        if account.login in UNAPPROVED:
            continue
        person = account.person
        approver = "Marta Lindqvist" if person is None or person.name != "Marta Lindqvist" else "Elena Rossi"
        enter_privilege(
            actor=PRIYA, person=person, account=None if person is not None else account, system=account.system, role="", approver=approver,
            reason="Administers the system; reviewed with the access list.", expires_at=None, now=now,
        )  # fmt: skip


def _wish(known: Answer, now: datetime) -> Wish | None:
    reason = "As the list of accounts kept by IT says."
    if known.kind == PERSON:
        person = _person(next((who for who in colleagues() if who.employee == known.employees[0]), None))
        return Wish("person", reason, person=person) if person is not None else None
    owner = _person(next((who for who in colleagues() if who.user == known.owner), None))
    if owner is None:
        return None
    kept_in = "Password vault, folder “shared”" if known.kind in ("shared", "break_glass") else ""
    return Wish(known.kind, reason, owner=owner, kept_in=kept_in, expires_at=now + OUTSIDERS_UNTIL if known.kind == "external" else None)


def _person(who: Colleague | None) -> object:
    if who is None:
        return None
    return next(iter(persons_found(who.employee, 1)), None)


@cache
def _by_name() -> dict[tuple[str, str], Answer]:
    found = {(each.system, each.account): each for each in answers()}
    return found | {(each.system, each.login): each for each in answers()}


def _answer(system: str, login: str, identifier: str) -> Answer | None:
    return _by_name().get((system, login)) or _by_name().get((system, identifier))
