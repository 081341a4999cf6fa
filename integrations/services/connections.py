"""Connections: made as drafts, proven, started, paused, deleted. Evidence always stays."""

import secrets as random_secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError

from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from integrations.fed import FED
from integrations.models import Connection, Credential, Due
from integrations.services.credentials import _store_secrets, reveal_secrets
from integrations.transport.contract import Setting
from integrations.transport.grants import Granted

MOST_TARGETS = 100  # subjects of a kind that are read singly; beyond that reading all of them is cheaper
KEPT = "•"  # stands for a stored secret that was left empty


def _checked(settings_of_vendor: Sequence[Setting], given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Split what was typed into plain settings and secrets. Raises ValidationError by field."""
    typed = {field.name: given.get(field.name, field.default).strip() for field in settings_of_vendor}
    if errors := _flaws(settings_of_vendor, typed):
        raise ValidationError(errors)
    values = {name: value for name, value in typed.items() if value}
    hidden = {field.name for field in settings_of_vendor if field.secret}
    return {k: v for k, v in values.items() if k not in hidden}, {k: v for k, v in values.items() if k in hidden}


def _flaws(settings_of_vendor: Sequence[Setting], typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each field, the first thing."""
    labels = {field.name: field.label for field in settings_of_vendor}
    errors: dict[str, str] = {}
    for field in settings_of_vendor:
        value = typed[field.name]
        if not value:
            if field.required:
                errors[field.name] = f"{field.label} is needed."
            continue
        absent = [labels[name] for name in field.beside if not typed.get(name)]
        if len(value) > 20_000:
            errors[field.name] = f"{field.label} is too long."
        elif field.choices and value not in {choice for choice, _label in field.choices}:
            errors[field.name] = f"{field.label}: choose one of the offered values."
        elif value == KEPT:  # looked at when it was stored
            continue
        elif field.flaw is not None and (flaw := field.flaw(value)):
            errors[field.name] = f"{field.label}: {flaw}"
        elif absent:
            errors[field.name] = f"{field.label} needs {' and '.join(absent)} as well."
    return errors | _neither(settings_of_vendor, typed)


def _neither(settings_of_vendor: Sequence[Setting], typed: Mapping[str, str]) -> dict[str, str]:
    """Groups of which nothing was given, told at their first field."""
    groups: dict[str, list[Setting]] = {}
    for field in settings_of_vendor:
        if field.either:
            groups.setdefault(field.either, []).append(field)
    return {
        fields[0].name: f"Give {words}: {' or '.join(each.label for each in fields)} is needed."
        for words, fields in groups.items()
        if not any(typed[each.name] for each in fields)
    }


def create_connection(
    *, actor: Actor, vendor: str, name: str, vendor_settings: Sequence[Setting], given: Mapping[str, str], external_id: str, now: datetime,
    cadence_minutes: int = 60,
) -> Connection:  # fmt: skip
    """A draft with its settings and encrypted secrets; nothing is called yet. Raises ValidationError by field."""
    settings, hidden = _checked(vendor_settings, given)
    with action(ActionName.CONNECTION_CREATED, actor=actor, subject_name=name, detail={"vendor": vendor}):
        connection = Connection(
            vendor=vendor,
            name=name.strip(),
            settings=settings,
            state="draft",
            external_id=external_id,
            created_at=now,
            cadence_minutes=cadence_minutes,
        )
        connection.full_clean(exclude=["organization"])
        connection.save()
        if hidden:
            _store_secrets(connection, hidden, now)
        Due.objects.create(connection=connection, next_run_at=now)
    return connection


def change_connection(
    *, actor: Actor, connection: Connection, vendor_settings: Sequence[Setting], given: Mapping[str, str], now: datetime, name: str = "",
    cadence_minutes: int | None = None,
) -> Connection:  # fmt: skip
    """Change settings; secrets left empty stay as they are. A broken connection is tried again. Raises ValidationError by field."""
    _refuse_fed(connection)
    stored = Credential.objects.filter(connection=connection).exists()
    kept = {field.name: KEPT for field in vendor_settings if field.secret and not given.get(field.name)} if stored else {}
    settings, hidden = _checked(vendor_settings, {**given, **kept})
    with action(ActionName.CONNECTION_CHANGED, actor=actor, subject=connection):
        connection.settings = settings
        connection.name = name.strip() or connection.name
        connection.cadence_minutes = cadence_minutes or connection.cadence_minutes
        if connection.state in ("broken", "paused"):
            connection.state, connection.state_reason = "active", ""
        connection.full_clean(exclude=["organization"])
        connection.save()
        new_secrets = {key: value for key, value in hidden.items() if key not in kept}
        if new_secrets:
            before = reveal_secrets(connection) if stored else {}
            _store_secrets(connection, before | new_secrets, now)
        _due_now(connection, now, actor.name)
    return connection


def accept_grant(*, actor: Actor, connection: Connection, granted: Granted, now: datetime) -> None:
    """Somebody signed in at the vendor: keep the tokens, and which site they are for. A broken connection is tried again. Raises
    ValidationError when the connection has no credential any more (it was paused or deleted meanwhile)."""
    with action(ActionName.CONNECTION_SIGNED_IN, actor=actor, subject=connection, detail=dict(granted.settings)):
        if not Credential.objects.select_for_update().filter(connection=connection).exists():
            raise ValidationError("The connection has no credential any more; enter the app's secret again, then sign in.")
        _store_secrets(connection, reveal_secrets(connection) | granted.secrets, now)
        connection.settings = {**connection.settings, **granted.settings}
        if connection.state == "broken":
            connection.state, connection.state_reason = "active", ""
        connection.save()
        _due_now(connection, now, actor.name)


def start_connection(*, actor: Actor, connection: Connection, now: datetime) -> None:
    """A proven draft, a paused or a broken connection is read from now on."""
    _refuse_fed(connection)
    if connection.state == "deleted":
        raise ValidationError("This connection was deleted; its credential is destroyed. Make a new one.")
    if connection.state == "paused" and not connection.settings.get("role_arn"):
        raise ValidationError("Its credential was destroyed when it was paused. Enter it again under “Settings and credential” and save.")
    with action(ActionName.CONNECTION_RESUMED, actor=actor, subject=connection):
        connection.state, connection.state_reason = "active", ""
        connection.save()
        _due_now(connection, now, actor.name)


def pause_connection(*, actor: Actor, connection: Connection, reason: str, now: datetime) -> None:
    """Stop reading; the credential is destroyed, evidence and verdicts stay. From now on it is not observed."""
    with action(ActionName.CONNECTION_PAUSED, actor=actor, subject=connection, reason=reason):
        connection.state, connection.state_reason = "paused", reason
        connection.save()
        Credential.objects.filter(connection=connection).delete()
        Due.objects.filter(connection=connection).update(cancel_asked=True)


def delete_connection(*, actor: Actor, connection: Connection, reason: str, now: datetime) -> None:
    """Destroy the credential and hide the connection; its source, evidence and verdicts stay."""
    with action(ActionName.CONNECTION_DELETED, actor=actor, subject=connection, reason=reason):
        connection.state, connection.state_reason = "deleted", reason
        connection.settings = {}
        connection.save()
        Credential.objects.filter(connection=connection).delete()
        Due.objects.filter(connection=connection).update(cancel_asked=True)


def ask_for_run(*, actor: Actor, connection: Connection, now: datetime, targets: Mapping[str, Sequence[str]] | None = None) -> None:
    """Make a run due now; with targets, only these subjects are looked at (no subjects: the kind as a whole). Raises ValidationError
    unless it is active."""
    _refuse_fed(connection)
    if connection.state != "active":
        raise ValidationError(f"The connection is {connection.state}; start it first.")
    with action(
        ActionName.CONNECTION_RUN_ASKED,
        actor=actor,
        subject=connection,
        detail={"targets": {k: list(v)[:20] for k, v in (targets or {}).items()}},
    ):
        _due_now(connection, now, actor.name, targets)


def cancel_run(*, actor: Actor, connection: Connection) -> None:
    """Ask the running worker to stop after the page it is reading."""
    with action(ActionName.CONNECTION_RUN_CANCELLED, actor=actor, subject=connection):
        Due.objects.filter(connection=connection).update(cancel_asked=True)


def _break_connection(connection: Connection, reason: str) -> None:
    """Inner step of an action: the credential is refused; a person must act."""
    connection.state, connection.state_reason = "broken", reason
    connection.save()


def _read_at(connection: Connection, addresses: Mapping[str, str], *, cadence_minutes: int, now: datetime) -> None:
    """Inner step of an action: from `now` on the vendor is read at these addresses (setting by name), this often."""
    connection.settings = {**connection.settings, **addresses}
    connection.cadence_minutes = cadence_minutes
    connection.save()
    Due.objects.filter(connection=connection).update(next_run_at=now, asked_by="")


def _refuse_fed(connection: Connection) -> None:
    if connection.vendor in FED:
        raise ValidationError("Nothing is read here: a list is brought or pushed. Import the next file, or push the next session.")


def new_external_id() -> str:
    """A random ExternalId, unique per connection, never chosen by the customer."""
    return random_secrets.token_urlsafe(32)


def _due_now(connection: Connection, now: datetime, asked_by: str, targets: Mapping[str, Sequence[str]] | None = None) -> None:
    due = Due.objects.select_for_update().filter(connection=connection).first() or Due(connection=connection, next_run_at=now)
    running = due.lease_until is not None and due.lease_until > now
    if targets:
        if due.next_run_at <= now and not due.targets and not running and due.regular_at is not None:
            return  # everything is due already
        due.targets = _merged(due.targets, targets)
    else:
        due.targets, due.regular_at = {}, now
    due.next_run_at, due.asked_by, due.attempts = now, asked_by[:200], 0
    due.save()


def _merged(known: Mapping[str, Sequence[str]], more: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Subjects to read again of both; a kind as a whole, or with more subjects than are read singly, has none named."""
    merged: dict[str, list[str]] = {}
    for kind in {*known, *more}:
        given = [each[kind] for each in (known, more) if kind in each]
        subjects = sorted({subject for named in given for subject in named})
        merged[kind] = subjects if all(given) and len(subjects) <= MOST_TARGETS else []
    return merged
