"""What people decide about accounts: whose it is, what it is, that it is left out; and that a decision ends."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError

from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.services.statements import _state_decision
from people.matching import VERSION
from people.models import Account, Decision, Pairing, PairingDue, Person, UnusedSystem
from people.models.decision import DECISIONS
from people.systems import CATEGORY_NAMES, DECLARABLE

ANSWERED_FOR = ("service", "shared", "external", "break_glass")
LONGEST_WHY = 2000  # of a system that is not used
LONGEST_REASON = 400
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """A decision as asked for. `kind` is one of DECISIONS; `person` for kind `person`, `owner` who answers for what is nobody's,
    `kept_in` where a shared secret is kept."""

    kind: str
    reason: str
    person: Person | None = None
    owner: Person | None = None
    kept_in: str = ""
    expires_at: datetime | None = None


def decide(*, actor: Actor, accounts: Sequence[Account], wish: Wish, now: datetime) -> list[Decision]:
    """Decide about accounts; a decision that stood is ended. The lists show it at once; joined facts and verdicts follow with the next
    pairing, which is due from now on. Raises ValidationError by field, nothing written."""
    _check(accounts, wish, now)
    names = ", ".join(str(each) for each in accounts[:3]) + (f" and {len(accounts) - 3} more" if len(accounts) > 3 else "")
    detail = {
        "kind": wish.kind, "accounts": [each.key for each in accounts], "person": wish.person.name if wish.person else "",
        "owner": wish.owner.name if wish.owner else "", "expires": wish.expires_at.isoformat() if wish.expires_at else "",
    }  # fmt: skip
    subject = accounts[0] if len(accounts) == 1 else None
    with action(ActionName.ACCOUNT_DECIDED, actor=actor, subject=subject, subject_name=names, reason=wish.reason, detail=detail) as entry:
        _state_decision(entry, now, detail)
        ids = [each.pk for each in accounts]
        Decision.objects.filter(account__in=ids, ended_at=None).update(ended_at=now, ended_by=actor.name[:200])
        made = Decision.objects.bulk_create(
            [
                Decision(
                    account=each, person=wish.person, kind=wish.kind, owner=wish.owner, kept_in=wish.kept_in[:200], expires_at=wish.expires_at,
                    reason=wish.reason, decided_by=actor.name[:200], since=now,
                )
                for each in accounts
            ]
        )  # fmt: skip
        words = f"decided by {actor.name[:200]} on {now:%Y-%m-%d}: {wish.reason}"[:600]
        rule = "decision" if wish.kind == "person" else "classified"
        _show(ids, holder=wish.kind, person=wish.person, rule=rule, words=words, by=actor.name, now=now)
        _want_pairing(now)
    return made


def end_decision(*, actor: Actor, decision: Decision, reason: str, now: datetime) -> None:
    """Undo a decision: the rules speak again with the next pairing. Raises ValidationError where it has ended already."""
    if decision.ended_at is not None:
        raise ValidationError("This decision has ended already.")
    with action(
        ActionName.ACCOUNT_DECISION_ENDED, actor=actor, subject=decision.account, reason=reason, detail={"kind": decision.kind}
    ) as entry:
        _state_decision(entry, now, {"decision": str(decision.pk), "kind": decision.kind})
        Decision.objects.filter(pk=decision.pk, ended_at=None).update(ended_at=now, ended_by=actor.name[:200])
        words = "the decision was undone; the rules are asked again"
        _show([decision.account_id], holder="unknown", person=None, rule="", words=words, by="", now=now)
        _want_pairing(now)


def declare_unused(*, actor: Actor, category: str, reason: str, now: datetime) -> None:
    """The company has no system of this category: joins stop waiting for it. Raises ValidationError."""
    if category not in DECLARABLE:
        raise ValidationError({"category": "Choose a category of system; without a personnel system there is nobody to join."})
    if not reason.strip():
        raise ValidationError({"reason": "Say why, for whoever asks at the audit."})
    if len(reason) > LONGEST_WHY:
        raise ValidationError({"reason": f"Keep the reason below {LONGEST_WHY} characters."})
    with action(ActionName.SYSTEM_DECLARED_UNUSED, actor=actor, subject_name=CATEGORY_NAMES[category], reason=reason) as entry:
        _state_decision(entry, now, {"category": category, "used": False})
        UnusedSystem.objects.update_or_create(
            category=category, defaults={"reason": reason.strip(), "decided_by": actor.name[:200], "since": now}
        )
        _want_pairing(now)


def declare_used(*, actor: Actor, category: str, now: datetime) -> None:
    """The company has such a system after all: until it is read, joins pass nobody."""
    with action(ActionName.SYSTEM_DECLARED_USED, actor=actor, subject_name=CATEGORY_NAMES.get(category, category)) as entry:
        _state_decision(entry, now, {"category": category, "used": True})
        UnusedSystem.objects.filter(category=category).delete()
        _want_pairing(now)


def _want_pairing(now: datetime) -> None:
    """Inner step of an action: joined facts have to be worked out again."""
    PairingDue.objects.update_or_create(defaults={"asked_at": now})


def _check(accounts: Sequence[Account], wish: Wish, now: datetime) -> None:
    errors: dict[str, str] = {}
    if not accounts:
        errors["pick"] = "Choose at least one account."
    elif len(accounts) > MOST_AT_ONCE:
        errors["pick"] = f"Choose at most {MOST_AT_ONCE} accounts at once."
    if wish.kind not in DECISIONS:
        errors["kind"] = "Say whose or what the account is."
    if wish.kind == "person" and wish.person is None:
        errors["person"] = "Name the person: employee number or work e-mail."
    if wish.kind in ANSWERED_FOR and wish.owner is None:
        errors["owner"] = "Name who answers for it: employee number or work e-mail."
    if wish.kind == "shared" and not wish.kept_in.strip():
        errors["kept_in"] = "Say where the shared secret is kept."
    if wish.kind == "external" and wish.expires_at is None:
        errors["expires"] = "Say until when the outsider needs it."
    if wish.expires_at is not None and wish.expires_at <= now:
        errors["expires"] = "Choose a day that is still to come."
    if not wish.reason.strip():
        errors["reason"] = "Say why: whoever asks later reads it."
    elif len(wish.reason) > LONGEST_REASON:
        errors["reason"] = f"Keep the reason below {LONGEST_REASON} characters."
    if errors:
        raise ValidationError(errors)


def _show(ids: Sequence[uuid.UUID], *, holder: str, person: Person | None, rule: str, words: str, by: str, now: datetime) -> None:
    """Inner step: the lists show the decision before the next pairing."""
    Account.objects.filter(pk__in=ids).exclude(holder=holder).update(holder_since=now)
    Account.objects.filter(pk__in=ids).update(holder=holder, person=person, rule=rule, explanation=words, candidates=[])
    Pairing.objects.filter(account__in=ids, until=None).update(until=now)
    if person is not None:
        Pairing.objects.bulk_create(
            [
                Pairing(
                    account_id=each,
                    person=person,
                    rule=rule,
                    rules_version=VERSION,
                    explanation=words,
                    decided_by=by[:200],
                    since=now,
                    until=None,
                )
                for each in ids
            ]
        )
