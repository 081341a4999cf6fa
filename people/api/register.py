"""The register of privileged access over the API."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.errors import Conflict
from compliance.api.paging import paged
from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from controls.api.asking import PAGING
from people.api.accounts import EndBody
from people.bell import ring_for_pairing
from people.models import RegisterEntry
from people.selectors.accounts import account_by_id, entry_by_id, open_entries
from people.selectors.persons import person_by_id
from people.services.register import end_entry, enter_privilege


class EntryBody(serializers.Serializer):
    """An approved privilege of a person at a system, or of an account that is nobody's. `approver` by name, never the holder."""

    person = serializers.UUIDField(required=False, allow_null=True)
    account = serializers.UUIDField(required=False, allow_null=True)
    system = serializers.CharField(max_length=30)
    role = serializers.CharField(required=False, allow_blank=True, max_length=200)
    approver = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=2000)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class EntryShown(EntryBody):
    """An open entry."""

    id = serializers.UUIDField()
    since = serializers.DateTimeField()
    entered_by = serializers.CharField()


class EntryPage(serializers.Serializer):
    """A page of open entries."""

    results = EntryShown(many=True)
    next = serializers.URLField(allow_null=True)


class RegisterRoute(OrganizationView):
    """Open entries of the register."""

    write_right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="people_privileged_list", responses=EntryPage, parameters=PAGING)
    def get(self, request: Request) -> Response:
        """Latest first."""
        return paged(request, open_entries(), order=["-since", "-id"], shown=_shown)

    @extend_schema(operation_id="people_privileged_enter", request=EntryBody, responses={201: EntryShown})
    def post(self, request: Request) -> Response:
        """Enter an approved privilege."""
        body = EntryBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        try:
            entry = enter_privilege(
                actor=request.actor, person=person_by_id(given["person"]) if given.get("person") else None,
                account=account_by_id(given["account"]) if given.get("account") else None, system=given["system"], role=given.get("role", ""),
                approver=given["approver"], reason=given["reason"], expires_at=given.get("expires_at"), now=now(),
            )  # fmt: skip
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from error
        ring_for_pairing(request.organization.pk)
        return Response(_shown(entry), status=201)


class EntryEndRoute(OrganizationView):
    """The end of an entry."""

    right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="people_privileged_end", request=EndBody, responses={204: None})
    def post(self, request: Request, entry_id: uuid.UUID) -> Response:
        """End it. 409 where it has ended already."""
        entry = entry_by_id(entry_id)
        if entry is None:
            raise Http404("There is no such entry.")
        body = EndBody(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            end_entry(actor=request.actor, entry=entry, reason=body.validated_data.get("reason", ""), now=now())
        except ValidationError as error:
            raise Conflict(" ".join(error.messages)) from error
        ring_for_pairing(request.organization.pk)
        return Response(status=204)


def _shown(entry: RegisterEntry) -> dict[str, Any]:
    return {
        "id": entry.pk, "person": entry.person_id, "account": entry.account_id, "system": entry.system, "role": entry.role,
        "approver": entry.approver, "reason": entry.reason, "since": entry.since, "expires_at": entry.expires_at,
        "entered_by": entry.entered_by,
    }  # fmt: skip
