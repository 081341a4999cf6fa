"""Accounts of all systems over the API, and decisions about them."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.errors import Conflict
from compliance.api.paging import paged
from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from controls.api.asking import PAGING
from people.bell import ring_for_pairing
from people.models import Account, Decision
from people.models.decision import DECISIONS
from people.selectors.accounts import SHOWS, AccountFilter, account_by_id, accounts, decision_by_id
from people.selectors.persons import person_by_id
from people.services.decisions import LONGEST_REASON, Wish, decide, end_decision

FILTERS = [
    OpenApiParameter("show", str, enum=SHOWS, description="Which accounts; all unless told."),
    OpenApiParameter("q", str, description="Words that login, name, e-mail or person contain."),
    OpenApiParameter("system", str, description="Key of a system, such as github."),
]


class AccountEntry(serializers.Serializer):
    """An account as now, with whose it is and why. `last_use` is null when the system does not show it, empty for never."""

    id = serializers.UUIDField()
    key = serializers.CharField()
    system = serializers.CharField()
    category = serializers.CharField()
    kind = serializers.CharField()
    login = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    enabled = serializers.BooleanField(allow_null=True)
    mfa = serializers.BooleanField(allow_null=True)
    privileged = serializers.BooleanField(allow_null=True)
    last_use = serializers.CharField(allow_null=True, allow_blank=True)
    holder = serializers.CharField()
    holder_since = serializers.DateTimeField()
    person = serializers.UUIDField(allow_null=True)
    rule = serializers.CharField(allow_blank=True)
    explanation = serializers.CharField(allow_blank=True)
    candidates = serializers.ListField(child=serializers.CharField())


class AccountPage(serializers.Serializer):
    """A page of accounts."""

    results = AccountEntry(many=True)
    next = serializers.URLField(allow_null=True)


class DecisionBody(serializers.Serializer):
    """What an account is. `person` for kind `person`; `owner` answers for what is nobody's; both are ids of people."""

    kind = serializers.CharField(max_length=12, help_text=f"One of {', '.join(DECISIONS)}.")
    person = serializers.UUIDField(required=False, allow_null=True)
    owner = serializers.UUIDField(required=False, allow_null=True)
    kept_in = serializers.CharField(required=False, allow_blank=True, max_length=200)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=LONGEST_REASON)


class DecisionEntry(DecisionBody):
    """A decision in force since `since`."""

    id = serializers.UUIDField()
    decided_by = serializers.CharField()
    since = serializers.DateTimeField()


class EndBody(serializers.Serializer):
    """Why it ends."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON)


class AccountsRoute(OrganizationView):
    """Accounts of every system that is read."""

    @extend_schema(operation_id="people_accounts_list", responses=AccountPage, parameters=[*FILTERS, *PAGING])
    def get(self, request: Request) -> Response:
        """By login."""
        asked = request.query_params
        show, words, system = asked.get("show", "all"), asked.get("q", ""), asked.get("system", "")
        if show not in SHOWS:
            raise serializers.ValidationError({"show": f"Choose one of {', '.join(SHOWS)}."})
        if "\x00" in words + system or len(words) > 300:
            raise serializers.ValidationError({"q": "Give a plain text of at most 300 characters."})
        return paged(request, accounts(AccountFilter(show=show, words=words, system=system)), order=["login", "id"], shown=_shown)


class DecisionsRoute(OrganizationView):
    """Decisions about one account."""

    write_right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="people_accounts_decide", request=DecisionBody, responses={201: DecisionEntry})
    def post(self, request: Request, account_id: uuid.UUID) -> Response:
        """Decide; a decision that stood is ended. Joined facts and verdicts follow with the next pairing."""
        account = account_by_id(account_id)
        if account is None:
            raise Http404("There is no such account.")
        body = DecisionBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        people = {name: person_by_id(given[name]) if given.get(name) else None for name in ("person", "owner")}
        wish = Wish(
            kind=given["kind"], reason=given["reason"], person=people["person"] if given["kind"] == "person" else None, owner=people["owner"],
            kept_in=given.get("kept_in", ""), expires_at=given.get("expires_at"),
        )  # fmt: skip
        try:
            [made] = decide(actor=request.actor, accounts=[account], wish=wish, now=now())
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from error
        ring_for_pairing(request.organization.pk)
        return Response(_decision(made), status=201)


class DecisionEndRoute(OrganizationView):
    """The undoing of a decision."""

    right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="people_decisions_end", request=EndBody, responses={204: None})
    def post(self, request: Request, decision_id: uuid.UUID) -> Response:
        """Undo it: the rules speak again. 409 where it has ended already."""
        decision = decision_by_id(decision_id)
        if decision is None:
            raise Http404("There is no such decision.")
        body = EndBody(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            end_decision(actor=request.actor, decision=decision, reason=body.validated_data.get("reason", ""), now=now())
        except ValidationError as error:
            raise Conflict(" ".join(error.messages)) from error
        ring_for_pairing(request.organization.pk)
        return Response(status=204)


def _shown(account: Account) -> dict[str, Any]:
    return {**{name: getattr(account, name) for name in AccountEntry().fields}, "person": account.person_id}


def _decision(made: Decision) -> dict[str, Any]:
    return {
        "id": made.pk, "kind": made.kind, "person": made.person_id, "owner": made.owner_id, "kept_in": made.kept_in,
        "expires_at": made.expires_at, "reason": made.reason, "decided_by": made.decided_by, "since": made.since,
    }  # fmt: skip
