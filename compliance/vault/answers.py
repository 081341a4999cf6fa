"""Routes of the API that answer with a file instead of JSON: bytes, a signed note, a proof. Refusals stay problem documents."""

from typing import Any

from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from compliance.api.views import OrganizationView


class WhatThereIs(BaseContentNegotiation):
    """A file is what it is: the answer does not depend on what the caller accepts."""

    def select_parser(self, request: Request, parsers: list[Any]) -> Any:
        """The first one."""
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """JSON, for refusals."""
        return renderers[0], renderers[0].media_type


class FileView(OrganizationView):
    """Base of such routes."""

    content_negotiation_class = WhatThereIs


def file_answer(data: bytes, *, name: str, media_type: str) -> HttpResponse:
    """A download; never shown in place, because what vendors send is hostile. `name` must be plain ASCII without quotes."""
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
