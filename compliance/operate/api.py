"""Removing a member through the API, with who takes over."""

import uuid

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.members.selectors import members as selectors
from compliance.operate.handover import NotATaker, owned_by, remove_and_hand_over


class RemovalBody(serializers.Serializer):
    """Who takes over what the member owns; null for nobody. Needed where the member owns something."""

    to = serializers.UUIDField(allow_null=True, required=False)


class RemovalRoute(OrganizationView):
    """`POST` removes the member."""

    right = Right.MANAGE_MEMBERS

    @extend_schema(request=RemovalBody, responses={200: OpenApiTypes.OBJECT})
    def post(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Remove a member and hand over what they own, as one deed. Answers what was handed over. 409 for the last admin."""
        found = selectors.member(membership_id)
        if found is None:
            raise Http404
        body = RemovalBody(data=request.data)
        body.is_valid(raise_exception=True)
        if owned_by(found.membership) and "to" not in body.validated_data:
            raise serializers.ValidationError({"to": "This member owns things: say who takes over, or null for nobody."})
        taker = selectors.member(body.validated_data["to"]) if body.validated_data.get("to") else None
        if body.validated_data.get("to") and taker is None:
            raise serializers.ValidationError({"to": "There is no such member."})
        try:
            counts = remove_and_hand_over(actor=request.actor, membership=found.membership, to=taker.membership if taker else None)
        except NotATaker as error:
            raise serializers.ValidationError({"to": str(error)}) from error
        return Response(counts)
