"""Shapes that several answers share: days and intervals per state, subjects under a check, waivers."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from controls.counting import EpochPiece
from controls.models import Waiver
from controls.outcomes import CheckState, ControlState, Outcome
from controls.reading import ORDER
from controls.selectors.points import SubjectVerdict

STATES = [each.value for each in ControlState]
CHECK_STATES = [each.value for each in CheckState]
OUTCOMES = [each.word for each in Outcome]


@extend_schema_field({"type": "string", "enum": STATES}, component_name="ControlState")
class ControlStateField(serializers.ChoiceField):
    """The state of a control."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=STATES, **options)


@extend_schema_field({"type": "string", "enum": CHECK_STATES}, component_name="CheckState")
class CheckStateField(serializers.ChoiceField):
    """The state of a check over its whole population."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=CHECK_STATES, **options)


@extend_schema_field({"type": "string", "enum": OUTCOMES}, component_name="SubjectOutcome")
class OutcomeField(serializers.ChoiceField):
    """The outcome of judging one subject."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=OUTCOMES, **options)


class PerState(serializers.Serializer):
    """A number per state of a control."""

    failed = serializers.IntegerField()
    not_observed = serializers.IntegerField()
    waived = serializers.IntegerField()
    met = serializers.IntegerField()
    no_occurrence = serializers.IntegerField()


class IntervalBody(serializers.Serializer):
    """One state from an instant to another."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    state = ControlStateField()
    seconds = serializers.IntegerField()


class SubjectEntry(serializers.Serializer):
    """A subject with its verdict. `until` is null while it lasts (or lasted, as of `at`)."""

    id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()
    region = serializers.CharField(allow_blank=True)
    outcome = OutcomeField()
    reason = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    record_id = serializers.UUIDField()
    gone = serializers.BooleanField()


class WaiverBody(serializers.Serializer):
    """A dated, approved decision to live with a failing check; the verdict under it stays fail. `subject` null means all."""

    id = serializers.UUIDField()
    check_id = serializers.CharField()
    subject = serializers.UUIDField(allow_null=True)
    subject_name = serializers.CharField(allow_blank=True)
    from_at = serializers.DateTimeField()
    until_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    compensating_control = serializers.CharField(allow_blank=True)
    approved_by = serializers.CharField()


def instant(epoch: float) -> datetime:
    """Epoch seconds as an instant."""
    return datetime.fromtimestamp(epoch, UTC)


def intervals(pieces: Iterable[EpochPiece]) -> list[dict[str, Any]]:
    """Pieces as plain data."""
    return [{"start": instant(start), "end": instant(end), "state": state, "seconds": round(end - start)} for start, end, state in pieces]


def seconds_of(pieces: Sequence[EpochPiece]) -> dict[str, int]:
    """Seconds per state of what the pieces cover."""
    return {state: round(sum(end - start for start, end, each in pieces if each == state)) for state in ORDER}


def subject_shown(verdict: SubjectVerdict) -> dict[str, Any]:
    """A subject with its verdict as plain data."""
    return {
        "id": verdict.subject_id, "key": verdict.key, "name": verdict.name or verdict.key, "region": verdict.region,
        "outcome": Outcome(verdict.outcome).word, "reason": verdict.reason, "since": verdict.since, "until": verdict.until,
        "record_id": verdict.record_id, "gone": verdict.gone,
    }  # fmt: skip


def waiver_shown(waiver: Waiver) -> dict[str, Any]:
    """A waiver as plain data."""
    return {
        "id": waiver.pk, "check_id": waiver.check_row.check_id, "subject": waiver.subject_id,
        "subject_name": str(waiver.subject) if waiver.subject_id else "", "from_at": waiver.from_at, "until_at": waiver.until_at,
        "ended_at": waiver.ended_at, "reason": waiver.reason, "compensating_control": waiver.compensating_control,
        "approved_by": waiver.approved_by,
    }  # fmt: skip
