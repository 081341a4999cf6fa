"""What a request asks for beyond its path: the moment, and where a list goes on."""

import base64
import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from compliance.members.models import ApiToken
from compliance.members.roles import Right, allows
from controls.selectors.moments import BadMoment, Moment, UnknownPeriod, moment_of

MOMENT = [
    OpenApiParameter("at", str, description="As of a day (its last second is meant) or an instant; without it, now."),
    OpenApiParameter("period", str, description="Id of an observation period; without it, the one that runs, else the latest."),
]
PAGING = [
    OpenApiParameter("cursor", str, description="From `next` of the page before."),
    OpenApiParameter("limit", str, description="Rows of a page, 1 to 500; 50 unless told."),
]


class MomentBody(serializers.Serializer):
    """What the answer speaks of: the period shown, and the instant of which states are told. `live` says that it is the present."""

    at = serializers.DateTimeField()
    live = serializers.BooleanField()
    period = serializers.UUIDField(allow_null=True)
    first_day = serializers.DateField()
    last_day = serializers.DateField()


def moment_asked(request: Request) -> Moment:
    """The moment of `?at=` and `?period=`. Raises ValidationError for a malformed or future instant, or an unknown period."""
    wanted, at = request.query_params.get("period", ""), request.query_params.get("at", "")
    try:
        return moment_of(request.organization, period_id=wanted, at=at)
    except BadMoment as error:
        raise serializers.ValidationError({"at": str(error)}) from error
    except OverflowError as error:
        raise serializers.ValidationError({"at": "This day is too far from any that could have been observed."}) from error
    except UnknownPeriod as error:
        raise serializers.ValidationError({"period": "There is no such period; see the list of periods for their ids."}) from error


def moment_shown(moment: Moment) -> dict[str, Any]:
    """The moment as plain data."""
    return {
        "at": moment.at, "live": moment.live, "period": moment.period.pk if moment.period else None, "first_day": moment.first_day,
        "last_day": moment.last_day,
    }  # fmt: skip


def holds(request: Request, right: Right) -> bool:
    """Whether the caller's role, and the token where one is used, include the right."""
    if not allows(request.membership.role, right):
        return False
    return not isinstance(request.auth, ApiToken) or right in request.auth.allowed()


def cursor_asked(request: Request, kinds: Sequence[Callable[[Any], Any]]) -> tuple[Any, ...] | None:
    """The key after which the list goes on, one value per kind; None at its beginning. Raises ValidationError for one that is not ours."""
    text = request.query_params.get("cursor", "")
    if not text:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError("not a key of this list")
        return tuple(kind(value) for kind, value in zip(kinds, values, strict=True))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise serializers.ValidationError({"cursor": "This cursor does not belong to this list. Begin again without one."}) from error


def text_key(value: Any) -> str:
    """A text of a cursor. Raises ValueError for what the database could not compare."""
    if not isinstance(value, str) or "\x00" in value or any("\ud800" <= each <= "\udfff" for each in value):
        raise ValueError("not a text")
    return value


def number_key(value: Any) -> int:
    """A whole number of a cursor. Raises ValueError."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("not a number")
    return value


def instant_key(value: Any) -> datetime | None:
    """An instant of a cursor, None for one that has no end. Raises ValueError."""
    if value is None:
        return None
    instant = datetime.fromisoformat(text_key(value))
    if instant.tzinfo is None:
        raise ValueError("without a zone")
    return instant


def id_key(value: Any) -> uuid.UUID:
    """An id of a cursor. Raises ValueError."""
    return uuid.UUID(text_key(value))


def page_of(
    request: Request, rows: Sequence[Any], limit: int, key: Callable[[Any], Sequence[Any]], shown: Callable[[Any], Any], **beside: Any
) -> Response:
    """The answer of a list of which up to `limit` + 1 rows were read; `beside` joins `results` and `next`."""
    following = None
    if len(rows) > limit:
        values = [
            each.isoformat() if isinstance(each, datetime) else str(each) if isinstance(each, uuid.UUID) else each
            for each in key(rows[limit - 1])
        ]
        cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
        following = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
    return Response({**beside, "results": [shown(row) for row in rows[:limit]], "next": following})
