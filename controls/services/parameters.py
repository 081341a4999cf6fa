"""Changing what a check demands: parameters, and whether it runs at all. What a change turns is told with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.services.statements import _state_decision
from controls.models import Check, CheckVersion
from controls.registry import definition
from controls.services.evaluation import _close_all, _rejudge, _serialize
from controls.services.waivers import _say_point


def change_parameters(*, actor: Actor, check: Check, given: Mapping[str, str], reason: str, now: datetime) -> CheckVersion:
    """Set parameters from text, judge all subjects again on stored facts, and keep counts before and after. Raises ValidationError by
    parameter, or when nothing changes."""
    known = definition(check.check_id)
    values = _parsed({**known.defaults, **check.parameters}, given)
    parameters = {name: value for name, value in values.items() if value != known.defaults[name]}
    if parameters == check.parameters:
        raise ValidationError("Nothing is different; change a value first.")
    detail = {"before": {**known.defaults, **check.parameters}, "after": values}
    with action(ActionName.CHECK_PARAMETERS_CHANGED, actor=actor, subject=check, reason=reason, detail=detail) as entry:
        _serialize()
        _state_decision(entry, now, {"check": check.check_id, "logic": known.version, "parameters": dict(values)})
        check.refresh_from_db()
        before = _counts(check)
        check.parameters = parameters
        check.save()
        _rejudge(check, now)
        check.refresh_from_db()
        return CheckVersion.objects.create(
            check_row=check, logic_version=check.logic_version, logic_digest=known.digest, parameters=values, from_at=now, before=before,
            after=_counts(check), reason=reason,
        )  # fmt: skip


def switch_check(*, actor: Actor, check: Check, enabled: bool, reason: str, now: datetime) -> None:
    """Switch a check off (a reason is needed) or on. Off, its verdicts end and its controls are not observed."""
    if not enabled and not reason.strip():
        raise ValidationError("Say why nothing should look at this; an auditor will read it.")
    name = ActionName.CHECK_ENABLED if enabled else ActionName.CHECK_DISABLED
    with action(name, actor=actor, subject=check, reason=reason) as entry:
        _serialize()
        _state_decision(entry, now, {"check": check.check_id, "enabled": enabled})
        check.refresh_from_db()
        check.enabled = enabled
        check.save()
        if enabled:
            _rejudge(check, now)
        else:
            _close_all(check, now)


def explain_empty(*, actor: Actor, check: Check, explanation: str, now: datetime) -> None:
    """Say why nobody falls under the claim: with a person's explanation an empty population is "no occurrence", without it is not
    observed. An empty explanation takes it back. Never green either way."""
    with action(ActionName.CHECK_EMPTY_EXPLAINED, actor=actor, subject=check, reason=explanation) as entry:
        _serialize()
        _state_decision(entry, now, {"check": check.check_id, "empty_explained": explanation.strip()})
        Check.objects.filter(pk=check.pk).update(empty_explained=explanation.strip())
        check.refresh_from_db()
        _say_point(check, now)


def _parsed(defaults: Mapping[str, object], given: Mapping[str, str]) -> dict[str, Any]:
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, default in defaults.items():
        if name not in given:
            values[name] = default
            continue
        text = given[name].strip()
        if isinstance(default, bool):
            values[name] = text in ("1", "true", "on", "yes")
        elif isinstance(default, int):
            if not text.isdigit() or int(text) > 100_000:
                errors[name] = f"{name}: give a whole number from 0 to 100,000."
            else:
                values[name] = int(text)
        elif isinstance(default, list | tuple):
            values[name] = [line.strip() for line in text.splitlines() if line.strip()][:2000]
        else:
            values[name] = text[:500]
    if errors:
        raise ValidationError(errors)
    return values


def _counts(check: Check) -> dict[str, int]:
    return {"passing": check.passing, "failing": check.failing, "not_applicable": check.not_applicable, "unknown": check.unknown}
