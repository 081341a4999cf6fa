"""Keyset paging of lists: the cost of a page does not grow with how far down it is.

`GET …?limit=50&cursor=…`; the answer is `{"results": […], "next": "https://…" or null}`.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 500


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """Rows and the cursor of the page after them ("" at the end)."""

    rows: list[Any]
    next: str


def keyset_page(rows: QuerySet, *, order: Sequence[str], cursor: str = "", limit: int = DEFAULT_LIMIT) -> KeysetPage:
    """A page of `rows` ordered by `order` (field names without nulls, “-” for descending; together unique).

    Raises ValidationError for a cursor that does not belong to this list.
    """
    if cursor:
        try:
            rows = rows.filter(_beyond(order, _read(cursor, len(order))))
        except (ValueError, TypeError, DjangoValidationError) as error:
            raise _bad_cursor() from error
    found = list(rows.order_by(*order)[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return KeysetPage(found[:limit], _written([_value(last, name) for name in order]) if last is not None else "")


def paged(request: Request, rows: QuerySet, *, order: Sequence[str], shown: Callable[[Any], dict[str, Any]]) -> Response:
    """The answer of a list route: `shown` turns a row into plain JSON. Raises ValidationError for a bad cursor or limit."""
    page = keyset_page(rows, order=order, cursor=request.query_params.get("cursor", ""), limit=limit_of(request))
    following = replace_query_param(request.build_absolute_uri(), "cursor", page.next) if page.next else None
    return Response({"results": [shown(row) for row in page.rows], "next": following})


def limit_of(request: Request) -> int:
    """`?limit=`, 1 to 500, default 50. Raises ValidationError."""
    text = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not text.isdigit() or not 1 <= int(text) <= LARGEST_LIMIT:
        raise ValidationError({"limit": f"Choose a limit from 1 to {LARGEST_LIMIT}."})
    return int(text)


def _beyond(order: Sequence[str], after: Sequence[Any]) -> Q:
    """Rows after the key: (a > x) or (a = x and b > y) …"""
    condition = Q()
    equal = Q()
    for name, value in zip(order, after, strict=True):
        field = name.lstrip("-")
        condition |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return condition


def _value(row: Model, name: str) -> Any:
    value: Any = row
    for part in name.lstrip("-").split("__"):
        value = getattr(value, part)
    return value


def _written(values: Sequence[Any]) -> str:
    plain = [
        value if isinstance(value, (int, str)) else value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values
    ]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[Any]:
    values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if not isinstance(values, list) or len(values) != length or not all(isinstance(value, (int, str)) for value in values):
        raise ValueError("not a key of this list")
    return values


def _bad_cursor() -> ValidationError:
    return ValidationError({"cursor": "This cursor does not belong to this list. Begin again without one."})
