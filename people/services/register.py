"""The register of privileged access."""

from datetime import datetime

from django.core.exceptions import ValidationError

from compliance.seal.leaf import utc_text
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.services.statements import _state_decision
from people.models import Account, Person, RegisterEntry
from people.services.decisions import _want_pairing


def enter_privilege(
    *, actor: Actor, person: Person | None, account: Account | None, system: str, role: str, approver: str, reason: str,
    expires_at: datetime | None, now: datetime,
) -> RegisterEntry:  # fmt: skip
    """Enter an approved privilege of a person, or of an account that is nobody's. Raises ValidationError by field."""
    errors: dict[str, str] = {}
    if (person is None) == (account is None):
        errors["person"] = "Name the person, or the account where it is nobody's."
    if not system.strip():
        errors["system"] = "Name the system."
    if not approver.strip():
        errors["approver"] = "Name who approved it."
    elif person is not None and approver.strip().casefold() in {person.name.casefold(), person.email.casefold()}:
        errors["approver"] = "Nobody approves their own access: name somebody else."
    if not reason.strip():
        errors["reason"] = "Say what the access is needed for."
    if expires_at is not None and expires_at <= now:
        errors["expires"] = "Choose a day that is still to come."
    if errors:
        raise ValidationError(errors)
    holder = str(person or account)
    detail = {"system": system, "role": role, "approver": approver}
    with action(
        ActionName.PRIVILEGE_ENTERED, actor=actor, subject=person or account, subject_name=holder, reason=reason, detail=detail
    ) as said:
        _state_decision(said, now, {**detail, "expires": utc_text(expires_at) if expires_at else "", "holder": holder})
        entry = RegisterEntry.objects.create(
            person=person, account=account, system=system.strip()[:30], role=role.strip()[:200], approver=approver.strip()[:200],
            reason=reason[:2000], since=now, expires_at=expires_at, entered_by=actor.name[:200],
        )  # fmt: skip
        _want_pairing(now)
    return entry


def end_entry(*, actor: Actor, entry: RegisterEntry, reason: str, now: datetime) -> None:
    """End an entry. Raises ValidationError where it has ended already."""
    if entry.ended_at is not None:
        raise ValidationError("This entry has ended already.")
    with action(ActionName.PRIVILEGE_ENTRY_ENDED, actor=actor, subject=entry, reason=reason, detail={"system": entry.system}) as said:
        _state_decision(said, now, {"entry": str(entry.pk), "system": entry.system})
        RegisterEntry.objects.filter(pk=entry.pk, ended_at=None).update(ended_at=now, ended_by=actor.name[:200])
        _want_pairing(now)
