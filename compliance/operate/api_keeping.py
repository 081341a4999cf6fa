"""Retention, legal holds and deletions through the API. Deletions are decided and carried out by persons who are signed in, not by tokens."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.errors import Conflict
from compliance.api.views import OrganizationView
from compliance.members.models import ApiToken
from compliance.members.roles import Right
from compliance.operate.keeping.asking import ask_for_erasure, ask_for_expiry, carry_out
from compliance.operate.keeping.targets import RULED, years_kept
from compliance.vault.selectors.deletion import hold_by_id, holds, request_by_id, requests_latest, standing, steps_of
from compliance.vault.services.deletion import NotAllowed, decide_deletion, withdraw_deletion
from compliance.vault.services.keeping import WrongKeeping, lift_hold, place_hold, set_retention

LISTED = 200


class HoldBody(serializers.Serializer):
    """A legal hold. `about` null covers everything, else one source, subject or item (its id)."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=2000)
    about = serializers.UUIDField(allow_null=True, required=False, default=None)
    placed_at = serializers.DateTimeField(read_only=True)
    placed_by = serializers.CharField(read_only=True)
    lifted_at = serializers.DateTimeField(read_only=True, allow_null=True)


class RetentionBody(serializers.Serializer):
    """A rule: `kind` empty is everything; `years` null takes the rule away."""

    kind = serializers.ChoiceField(choices=["", *RULED], required=False, default="", allow_blank=True)
    years = serializers.IntegerField(min_value=1, max_value=100, allow_null=True)
    reason = serializers.CharField(max_length=2000)


class StepBody(serializers.Serializer):
    """What became of a request."""

    step = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    note = serializers.CharField(allow_blank=True)


class DeletionBody(serializers.Serializer):
    """A deletion request. `state`: asked, approved, refused, withdrawn, executed. `counts`: how many of each kind go."""

    id = serializers.UUIDField()
    purpose = serializers.CharField()
    title = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())
    requested_at = serializers.DateTimeField()
    requested_by = serializers.CharField()
    steps = StepBody(many=True)


class KeepingBody(serializers.Serializer):
    """How long what is kept, and the holds that stand."""

    years = serializers.DictField(child=serializers.IntegerField(), help_text="Years after the end of its period, by kind.")
    holds = HoldBody(many=True)


class AskBody(serializers.Serializer):
    """`subjects`: the ids of the person's accounts and records for `erasure`; none for `expiry`."""

    purpose = serializers.ChoiceField(choices=["erasure", "expiry"])
    reason = serializers.CharField(max_length=2000)
    subjects = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=1000)


class DeletionDecisionBody(serializers.Serializer):
    """The second person's word."""

    approve = serializers.BooleanField()
    note = serializers.CharField(max_length=2000)


class LiftBody(serializers.Serializer):
    """Why the hold ends."""

    reason = serializers.CharField(max_length=2000)


class KeepingRoute(OrganizationView):
    """What counts now."""

    right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="keeping_retrieve", responses=KeepingBody)
    def get(self, request: Request) -> Response:
        """Years kept by kind, and standing holds."""
        return Response({"years": {kind: years_kept(kind) for kind in RULED}, "holds": [_hold(each) for each in holds(standing=True)]})


class RetentionRoute(OrganizationView):
    """A rule of retention."""

    right = Right.MANAGE_ORGANIZATION

    @extend_schema(operation_id="keeping_retention_update", request=RetentionBody, responses=KeepingBody)
    def put(self, request: Request) -> Response:
        """Set a rule, or take it away."""
        told = _told(RetentionBody, request)
        _tried(lambda: set_retention(actor=request.actor, kind=told["kind"], years=told["years"], reason=told["reason"], now=_now()))
        return Response({"years": {kind: years_kept(kind) for kind in RULED}, "holds": [_hold(each) for each in holds(standing=True)]})


class HoldsRoute(OrganizationView):
    """Legal holds."""

    right = Right.MANAGE_CONTROLS
    write_right = Right.MANAGE_ORGANIZATION

    @extend_schema(operation_id="keeping_holds_list", responses=HoldBody(many=True))
    def get(self, request: Request) -> Response:
        """All of them, the newest first."""
        return Response([_hold(each) for each in holds()[:LISTED]])

    @extend_schema(operation_id="keeping_holds_create", request=HoldBody, responses={201: HoldBody})
    def post(self, request: Request) -> Response:
        """Place one."""
        told = _told(HoldBody, request)
        made = _tried(lambda: place_hold(actor=request.actor, name=told["name"], reason=told["reason"], now=_now(), about_id=told["about"]))
        return Response(_hold(made), status=status.HTTP_201_CREATED)


class HoldLiftRoute(OrganizationView):
    """The end of a hold."""

    right = Right.MANAGE_ORGANIZATION

    @extend_schema(operation_id="keeping_holds_lift", request=LiftBody, responses=HoldBody)
    def post(self, request: Request, hold_id: uuid.UUID) -> Response:
        """Lift it. 409 when it is lifted already."""
        found = hold_by_id(hold_id)
        if found is None:
            raise Http404
        told = _told(LiftBody, request)
        try:
            lift_hold(actor=request.actor, hold=found, reason=told["reason"], now=_now())
        except WrongKeeping as error:
            raise Conflict(str(error)) from error
        return Response(_hold(hold_by_id(hold_id)))


class DeletionsRoute(OrganizationView):
    """Deletion requests."""

    right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="keeping_deletions_list", responses=DeletionBody(many=True))
    def get(self, request: Request) -> Response:
        """The latest 200."""
        asked = requests_latest(LISTED)
        steps = steps_of([each.pk for each in asked])
        return Response([_deletion(each, steps.get(each.pk, [])) for each in asked])

    @extend_schema(operation_id="keeping_deletions_create", request=AskBody, responses={201: DeletionBody})
    def post(self, request: Request) -> Response:
        """Ask that a person's data goes, or what retention asks for no longer. Another person decides. 409 under a legal hold."""
        told = _told(AskBody, request)
        if told["purpose"] == "erasure":
            made = _tried(lambda: ask_for_erasure(actor=request.actor, subjects=told["subjects"], reason=told["reason"], now=_now()))
        else:
            made = _tried(lambda: ask_for_expiry(actor=request.actor, organization=request.organization, reason=told["reason"], now=_now()))
        return Response(_deletion(made, []), status=status.HTTP_201_CREATED)


class DeletionRoute(OrganizationView):
    """One request."""

    right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="keeping_deletions_retrieve", responses=DeletionBody)
    def get(self, request: Request, deletion_id: uuid.UUID) -> Response:
        """With its steps."""
        return Response(_asked(deletion_id))

    @extend_schema(operation_id="keeping_deletions_withdraw", responses=DeletionBody)
    def delete(self, request: Request, deletion_id: uuid.UUID) -> Response:
        """Withdraw it, while nobody has decided. 409 after that."""
        found = _request(deletion_id)
        _tried(lambda: withdraw_deletion(actor=request.actor, request=found, now=_now()))
        return Response(_asked(deletion_id))


class DeletionDecisionRoute(OrganizationView):
    """The second person's word."""

    right = Right.MANAGE_ORGANIZATION

    @extend_schema(operation_id="keeping_deletions_decide", request=DeletionDecisionBody, responses=DeletionBody)
    def post(self, request: Request, deletion_id: uuid.UUID) -> Response:
        """Approve or refuse. 409 for whoever asked, 403 for a token."""
        _persons_only(request)
        found = _request(deletion_id)
        told = _told(DeletionDecisionBody, request)
        _tried(lambda: decide_deletion(actor=request.actor, request=found, approve=told["approve"], note=told["note"], now=_now()))
        return Response(_asked(deletion_id))


class DeletionExecutionRoute(OrganizationView):
    """Carrying it out."""

    right = Right.MANAGE_ORGANIZATION

    @extend_schema(operation_id="keeping_deletions_execute", request=None, responses=DeletionBody)
    def post(self, request: Request, deletion_id: uuid.UUID) -> Response:
        """Delete what was approved. 409 while it is not, under a legal hold, and while the store locks it; 403 for a token."""
        _persons_only(request)
        found = _request(deletion_id)
        _tried(lambda: carry_out(actor=request.actor, request=found, now=_now()))
        return Response(_asked(deletion_id))


def _persons_only(request: Request) -> None:
    if isinstance(request.auth, ApiToken):
        raise PermissionDenied("Deletions are decided and carried out by persons who are signed in, not by tokens.")


def _tried(do: Any) -> Any:
    try:
        return do()
    except WrongKeeping as error:
        raise serializers.ValidationError({"": str(error)}) from error
    except NotAllowed as error:
        raise Conflict(str(error)) from error


def _told(body: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    told = body(data=request.data)
    told.is_valid(raise_exception=True)
    return told.validated_data


def _request(deletion_id: uuid.UUID) -> Any:
    found = request_by_id(deletion_id)
    if found is None:
        raise Http404
    return found


def _asked(deletion_id: uuid.UUID) -> dict[str, Any]:
    found = _request(deletion_id)
    return _deletion(found, steps_of([found.pk]).get(found.pk, []))


def _deletion(asked: Any, steps: list[Any]) -> dict[str, Any]:
    return {
        "id": asked.pk, "purpose": asked.purpose, "title": asked.title, "reason": asked.reason, "state": standing(steps),
        "counts": asked.counts, "requested_at": asked.requested_at, "requested_by": asked.requested_by,
        "steps": [{"step": each.step, "at": each.at, "by": each.by, "note": each.note} for each in steps],
    }  # fmt: skip


def _hold(hold: Any) -> dict[str, Any]:
    return {
        "id": hold.pk, "name": hold.name, "reason": hold.reason, "about": hold.about_id, "placed_at": hold.placed_at,
        "placed_by": hold.placed_by, "lifted_at": hold.lifted_at,
    }  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC)
