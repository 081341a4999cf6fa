"""Members and invitations."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.views import OrganizationView
from compliance.members.models import Invitation
from compliance.members.roles import Right, Role
from compliance.members.selectors import members as selectors
from compliance.members.services import invitations
from compliance.members.services.memberships import change_role

ROLES = [role.value for role in Role]


class MemberBody(serializers.Serializer):
    """A member."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=ROLES)
    joined_at = serializers.DateTimeField()
    last_sign_in_at = serializers.DateTimeField(allow_null=True)
    second_factor = serializers.BooleanField()


class RoleBody(serializers.Serializer):
    """A role."""

    role = serializers.ChoiceField(choices=ROLES)


class InvitationBody(serializers.Serializer):
    """An invitation. The link is only in the mail."""

    id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=ROLES)
    invited_by = serializers.CharField(read_only=True)
    sent_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)


def _member(found: selectors.Member) -> dict[str, Any]:
    user = found.membership.user
    return {
        "id": found.membership.pk,
        "name": found.name,
        "email": user.email,
        "role": found.membership.role,
        "joined_at": found.membership.joined_at,
        "last_sign_in_at": user.last_login,
        "second_factor": found.second_factor,
    }


def _invitation(found: Invitation) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("id", "email", "role", "invited_by", "sent_at", "expires_at")}


class MembersRoute(OrganizationView):
    """All members: there are at most some thousands, so the list is whole."""

    right = Right.SEE_MEMBERS

    @extend_schema(responses=MemberBody(many=True))
    def get(self, request: Request) -> Response:
        """Admins first, then by name."""
        return Response([_member(each) for each in selectors.members()])


class MemberRoute(OrganizationView):
    """One member."""

    right = Right.SEE_MEMBERS
    write_right = Right.MANAGE_MEMBERS

    @extend_schema(responses=MemberBody)
    def get(self, request: Request, membership_id: uuid.UUID) -> Response:
        """One member."""
        return Response(_member(self._found(membership_id)))

    @extend_schema(request=RoleBody, responses=MemberBody)
    def patch(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Change the role. 409 for the last admin."""
        found = self._found(membership_id)
        body = RoleBody(data=request.data)
        body.is_valid(raise_exception=True)
        change_role(actor=request.actor, membership=found.membership, role=Role(body.validated_data["role"]))
        return Response(_member(self._found(membership_id)))

    def _found(self, membership_id: uuid.UUID) -> selectors.Member:
        found = selectors.member(membership_id)
        if found is None:
            raise Http404
        return found


class InvitationsRoute(OrganizationView):
    """Open invitations."""

    right = Right.MANAGE_MEMBERS

    @extend_schema(responses=InvitationBody(many=True))
    def get(self, request: Request) -> Response:
        """Newest first."""
        return Response([_invitation(each) for each in selectors.open_invitations()])

    @extend_schema(request=InvitationBody, responses={201: InvitationBody})
    def post(self, request: Request) -> Response:
        """Invite by mail. 409 where the address is a member, or invited, already."""
        body = InvitationBody(data=request.data)
        body.is_valid(raise_exception=True)
        sent = invitations.invite(
            actor=request.actor, email=body.validated_data["email"], role=Role(body.validated_data["role"]), now=datetime.now(UTC)
        )
        return Response(_invitation(sent.invitation), status=201)


class InvitationRoute(OrganizationView):
    """One invitation."""

    right = Right.MANAGE_MEMBERS

    @extend_schema(responses={204: None})
    def delete(self, request: Request, invitation_id: uuid.UUID) -> Response:
        """Revoke it. 409 where it is no longer open."""
        found = selectors.invitation(invitation_id)
        if found is None:
            raise Http404
        invitations.revoke(actor=request.actor, invitation=found, now=datetime.now(UTC))
        return Response(status=204)
