"""API tokens, through the API."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.views import OrganizationView
from compliance.members.models import ApiToken, Membership
from compliance.members.roles import Right, Role
from compliance.members.selectors import tokens as selectors
from compliance.members.services.tokens import create_token, revoke_token

RIGHTS = [right.value for right in Right]


class TokenBody(serializers.Serializer):
    """A token. Its text is in the answer to its creation and nowhere else."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=80)
    rights = serializers.ListField(child=serializers.ChoiceField(choices=RIGHTS), min_length=1)
    expires_at = serializers.DateTimeField()
    member = serializers.CharField(read_only=True)
    prefix = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(choices=["live", "expired", "revoked"], read_only=True)
    last_used_at = serializers.DateTimeField(read_only=True, allow_null=True)


class NewTokenBody(TokenBody):
    """A token that was just made, with its text."""

    token = serializers.CharField(read_only=True)


def _shown(token: ApiToken, state: str, used: datetime | None) -> dict[str, Any]:
    return {
        "id": token.pk,
        "name": token.name,
        "rights": token.rights,
        "expires_at": token.expires_at,
        "member": str(token.membership.user),
        "prefix": token.prefix,
        "state": state,
        "last_used_at": used,
    }


class TokensRoute(OrganizationView):
    """Admins see all tokens, others their own."""

    right = Right.MANAGE_TOKENS

    @extend_schema(responses=TokenBody(many=True))
    def get(self, request: Request) -> Response:
        """Newest first."""
        listed = selectors.tokens(now=datetime.now(UTC), of=_whose(request.membership))
        return Response([_shown(each.token, each.state, each.last_used_at) for each in listed])

    @extend_schema(request=TokenBody, responses={201: NewTokenBody})
    def post(self, request: Request) -> Response:
        """Make a token. One that is made with a token has at most that token's rights."""
        body = TokenBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = [Right(each) for each in body.validated_data["rights"]]
        if isinstance(request.auth, ApiToken) and not set(wanted) <= request.auth.allowed():
            raise PermissionDenied("A token cannot make another with more rights than its own.")
        token, text = create_token(
            actor=request.actor,
            membership=request.membership,
            name=body.validated_data["name"],
            rights=wanted,
            expires_at=body.validated_data["expires_at"],
            now=datetime.now(UTC),
        )
        return Response(_shown(token, "live", None) | {"token": text}, status=201)


class TokenRoute(OrganizationView):
    """One token."""

    right = Right.MANAGE_TOKENS

    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: uuid.UUID) -> Response:
        """Revoke it."""
        found = selectors.token(token_id)
        whose = _whose(request.membership)
        if found is None or (whose is not None and found.membership_id != whose.pk):
            raise Http404
        revoke_token(actor=request.actor, token=found, now=datetime.now(UTC))
        return Response(status=204)


def _whose(membership: Membership) -> Membership | None:
    return None if membership.role == Role.ADMIN else membership
