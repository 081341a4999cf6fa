"""Pages as Okta makes them: `limit` within the operation's bounds, an opaque `after`, and Link headers self and next."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from integrations.sandbox.okta.answers import invalid


def limit_of(query: dict[str, str], default: int, least: int, most: int) -> int:
    """The page size asked for. Raises Refused(400) for one out of the operation's bounds."""
    text = query.get("limit")
    if text is None:
        return default
    if not text.isdigit() or not least <= int(text) <= most:
        raise invalid("limit", f"limit: The value must be between {least} and {most}.")
    return int(text)


def page_after(
    rows: Sequence[Any], query: dict[str, str], url: str, size: int, position: Callable[[Any], tuple[Any, ...]]
) -> tuple[list[Any], dict[str, str], str]:
    """The rows after the cursor, the Link header, and the address of the next page (empty at the end). `rows` are sorted by
    `position`. A cursor holds a position and belongs to one list: another list's is refused."""
    about = _about(query, url)
    mark = _open(query["after"], about) if "after" in query else None
    rest = [each for each in rows if mark is None or position(each) > mark]
    page = list(rest[:size])
    links = [f'<{_address(url, query)}>; rel="self"']
    following = ""
    if len(rest) > size:
        following = _address(url, {**query, "after": seal(position(page[-1]), about)})
        links.append(f'<{following}>; rel="next"')
    return page, {"Link": ", ".join(links)}, following


def seal(position: Sequence[Any], about: str) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode(json.dumps([about, *position]).encode()).decode().rstrip("=")


def about(query: dict[str, str], url: str) -> str:
    """Which list a cursor belongs to."""
    return _about(query, url)


def opened(cursor: str, mine: str) -> tuple[Any, ...]:
    """The position inside a cursor. Raises Refused(400) for one that is none, or another list's."""
    return _open(cursor, mine)


def _about(query: dict[str, str], url: str) -> str:
    kept = sorted((name, value) for name, value in query.items() if name not in ("after", "limit", "until"))
    return hashlib.sha256(json.dumps([url.rpartition("/api/")[2], kept]).encode()).hexdigest()[:12]


def _address(url: str, query: dict[str, str]) -> str:
    return f"{url}?{urlencode(query)}" if query else url


def _open(cursor: str, mine: str) -> tuple[Any, ...]:
    try:
        whose, *position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError) as problem:
        raise invalid("after", "after: Invalid paging cursor.") from problem
    if whose != mine:
        raise invalid("after", "after: The paging cursor belongs to another list.")
    return tuple(position)
