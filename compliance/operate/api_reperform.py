"""Judging again through the API."""

import uuid
from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.operate.reperform.asking import NotHeard, ask_to_reperform, results_of
from controls.selectors.verdicts import verdict_by_id


class ReperformRoute(OrganizationView):
    """`POST` asks for it, `GET` tells what came."""

    right = Right.SEE_PROGRAMME
    write_right = Right.SEE_RAW

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, verdict_id: uuid.UUID) -> Response:
        """Results of judging this verdict again, newest first; each with the id under which it was asked for."""
        self._known(verdict_id)
        return Response({"results": [_told(each) for each in results_of(verdict_id)]})

    @extend_schema(request=None, responses={202: OpenApiTypes.OBJECT})
    def post(self, request: Request, verdict_id: uuid.UUID) -> Response:
        """Have a worker judge it again from raw bytes. Answers the id that the result will carry; 503 where no worker can be reached."""
        self._known(verdict_id)
        try:
            asked = ask_to_reperform(request.organization.pk, verdict_id, request.actor)
        except NotHeard as error:
            return Response({"detail": str(error)}, status=503)
        return Response({"asked": str(asked)}, status=202)

    def _known(self, verdict_id: uuid.UUID) -> None:
        if verdict_by_id(verdict_id) is None:
            raise Http404


def _told(entry: Any) -> dict[str, Any]:
    return {"at": entry.at, "by": entry.actor_name, **entry.detail}
