"""Pages and Link headers as GitHub makes them: by page number, and by cursor for alerts and the audit log."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from integrations.sandbox.github.answers import Refused

DEFAULT_PER_PAGE = 30
MOST_PER_PAGE = 100


def per_page(query: dict[str, str]) -> int:
    """The page size asked for; GitHub falls back to 30 for nonsense and caps at 100."""
    text = query.get("per_page", "")
    size = int(text) if text.isdigit() else DEFAULT_PER_PAGE
    return min(size, MOST_PER_PAGE) if size > 0 else DEFAULT_PER_PAGE


def by_number(rows: Sequence[Any], query: dict[str, str], url: str) -> tuple[list[Any], dict[str, str]]:
    """The page asked for and its Link header (prev, next, last, first; none when all fits on one page)."""
    size = per_page(query)
    page = max(int(query["page"]) if query.get("page", "").isdigit() else 1, 1)
    last = max((len(rows) + size - 1) // size, 1)
    links = []
    if page > 1:
        links.append(("prev", min(page - 1, last)))
    if page < last:
        links += [("next", page + 1), ("last", last)]
    if page > 1:
        links.append(("first", 1))
    text = ", ".join(f'<{url}?{urlencode({**query, "page": str(number)})}>; rel="{rel}"' for rel, number in links)
    return list(rows[(page - 1) * size : page * size]), {"Link": text} if text else {}


def by_cursor(
    rows: Sequence[Any], query: dict[str, str], url: str, position: Callable[[Any], tuple[Any, ...]]
) -> tuple[list[Any], dict[str, str]]:
    """The page after or before an opaque cursor, with its Link header. `rows` are sorted ascending by `position`.

    Raises Refused(400) for a cursor that is none."""
    size = per_page(query)
    if query.get("before"):
        mark = _open(query["before"])
        earlier = [each for each in rows if position(each) < mark]
        page = earlier[-size:]
    else:
        mark = _open(query["after"]) if query.get("after") else None
        page = [each for each in rows if mark is None or position(each) > mark][:size]
    links = []
    rest = {name: value for name, value in query.items() if name not in ("after", "before", "page")}
    if page and position(page[-1]) < position(rows[-1]):
        links.append(("next", {**rest, "after": seal(position(page[-1]))}))
    if page and position(page[0]) > position(rows[0]):
        links.append(("prev", {**rest, "before": seal(position(page[0]))}))
    text = ", ".join(f'<{url}?{urlencode(parameters)}>; rel="{rel}"' for rel, parameters in links)
    return page, {"Link": text} if text else {}


def seal(position: Sequence[Any]) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode(json.dumps(list(position)).encode()).decode()


def _open(cursor: str) -> tuple[Any, ...]:
    try:
        return tuple(json.loads(base64.urlsafe_b64decode(cursor.encode())))
    except (binascii.Error, ValueError, TypeError) as error:
        raise Refused(400, "The cursor is invalid") from error
