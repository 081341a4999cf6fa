"""Errors of the API as problem details (RFC 9457): a title, the status and a sentence that says what to do."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from compliance.members.refusals import Refused

CONTENT_TYPE = "application/problem+json"
SENTENCES = {
    401: "Send a token: “Authorization: Bearer plumb_…”.",
    404: "There is nothing here, or it is not yours to see.",
    405: "This address does not know that method.",
}


class Conflict(exceptions.APIException):
    """What is asked for does not fit what is there; the detail says why."""

    status_code = HTTPStatus.CONFLICT


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. Unknown errors are left to Django (500, logged)."""
    fields: dict[str, Any] = {}
    if isinstance(error, DjangoValidationError):
        fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        error = exceptions.ValidationError(fields)
    elif isinstance(error, Refused):
        error = Conflict(str(error))
    elif isinstance(error, Http404):
        error = exceptions.NotFound(str(error) or None)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        fields = fields or (error.detail if isinstance(error.detail, dict) else {"": error.detail})
        response.status_code = HTTPStatus.BAD_REQUEST
    response.data = problem(response.status_code, _detail(error, response), fields)
    response.content_type = CONTENT_TYPE
    return response


def problem(status: int, detail: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
    """The members of a problem document; `errors` maps fields to sentences ("" is the request as a whole)."""
    document: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    if fields:
        document["errors"] = {name: [str(each) for each in _listed(messages)] for name, messages in fields.items()}
    return document


def _detail(error: Exception, response: Response) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "Some of what was sent cannot be accepted; see errors. Nothing was changed."
    if isinstance(error, exceptions.NotAuthenticated):
        return SENTENCES[401]
    if isinstance(error, exceptions.APIException) and error.detail and not isinstance(error, exceptions.MethodNotAllowed):
        default = str(error.detail) == str(error.default_detail)
        return SENTENCES.get(response.status_code, str(error.detail)) if default else str(error.detail)
    return SENTENCES.get(response.status_code, HTTPStatus(response.status_code).phrase)


def _listed(messages: Any) -> list[Any]:
    return list(messages) if isinstance(messages, (list, tuple)) else [messages]
