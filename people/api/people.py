"""People over the API."""

import uuid
from typing import Any

import orjson
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import paged
from compliance.api.views import OrganizationView
from compliance.tenancy.clock import now
from controls.api.asking import MOMENT, PAGING, moment_asked
from evidence.selectors.subjects import records_of, subject_of
from people.models import Person
from people.selectors.persons import SHOWS, PersonFilter, pairings_of, person_by_id, persons

FILTERS = [
    OpenApiParameter("show", str, enum=SHOWS, description="Which people; all unless told."),
    OpenApiParameter("q", str, description="Words that name, e-mail, number or title contain."),
    OpenApiParameter("department", str),
    OpenApiParameter("employment", str, description="employee, contractor or intern."),
]


@extend_schema_field(OpenApiTypes.OBJECT)
class JoinedFact(serializers.JSONField):
    """The fact `person_access` as recorded; null where nothing was joined by then."""


class PersonEntry(serializers.Serializer):
    """A person as now. Instants in UTC; `ends` is the end of the last working day unless the personnel system gives a time."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    employee_number = serializers.CharField(allow_blank=True)
    employment = serializers.CharField(allow_blank=True)
    status = serializers.CharField(allow_blank=True)
    department = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    starts = serializers.DateTimeField(allow_null=True)
    ends = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True, help_text="When the last identity was disabled, while none is open.")
    accounts = serializers.IntegerField()
    live_accounts = serializers.IntegerField()
    privileged = serializers.IntegerField()
    without_mfa = serializers.IntegerField()


class PersonListPage(serializers.Serializer):
    """A page of people."""

    results = PersonEntry(many=True)
    next = serializers.URLField(allow_null=True)


class PairingEntry(serializers.Serializer):
    """That an account was the person's from `since` to `until`, by which rule, and who decided where somebody did."""

    account = serializers.CharField()
    system = serializers.CharField()
    login = serializers.CharField(allow_blank=True)
    rule = serializers.CharField()
    explanation = serializers.CharField()
    decided_by = serializers.CharField(allow_blank=True)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)


class PersonDetail(PersonEntry):
    """One person with the joined fact as of the moment and every pairing that had begun by then."""

    at = serializers.DateTimeField()
    fact = JoinedFact(allow_null=True)
    pairings = PairingEntry(many=True)


class PeopleRoute(OrganizationView):
    """Everybody on the roster."""

    @extend_schema(operation_id="people_list", responses=PersonListPage, parameters=[*FILTERS, *PAGING])
    def get(self, request: Request) -> Response:
        """By name."""
        asked = request.query_params
        show = asked.get("show", "")
        if show and show not in SHOWS:
            raise serializers.ValidationError({"show": f"Choose one of {', '.join(SHOWS)}."})
        given = {name: asked.get(name, "") for name in ("q", "department", "employment")}
        for name, value in given.items():
            if "\x00" in value or len(value) > 300:
                raise serializers.ValidationError({name: "Give a plain text of at most 300 characters."})
        wanted = PersonFilter(show=show, words=given["q"], department=given["department"], employment=given["employment"])
        return paged(request, persons(wanted, now()), order=["name", "id"], shown=_shown)


class PersonRoute(OrganizationView):
    """One person."""

    @extend_schema(operation_id="people_retrieve", responses=PersonDetail, parameters=MOMENT)
    def get(self, request: Request, person_id: uuid.UUID) -> Response:
        """As of `at`: employment and accounts from the recorded fact, pairings with their reasons."""
        person = person_by_id(person_id)
        if person is None:
            raise Http404("There is no such person.")
        moment = moment_asked(request)
        subject = subject_of("people", "person_access", person.key)
        record = records_of(subject.pk, moment.at).order_by("-observed_at", "-id").first() if subject else None
        pairings = [
            {
                "account": each.account.key, "system": each.account.system, "login": each.account.login, "rule": each.rule,
                "explanation": each.explanation, "decided_by": each.decided_by, "since": each.since,
                "until": each.until if each.until is not None and each.until <= moment.at else None,
            }
            for each in pairings_of(person.pk, moment.at)
        ]  # fmt: skip
        return Response(
            {**_shown(person), "at": moment.at, "fact": orjson.loads(record.fact) if record and record.fact else None, "pairings": pairings}
        )


def _shown(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in PersonEntry().fields}
