"""What is asked of the library, by a page or by a program: filters, order, a page of rows. Nothing here writes."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from compliance.api.paging import keyset_page
from controls.selectors.links import linked_to
from evidence.selectors.items import COUNTED, FRESHNESS, SORTS, Found, found_items, other_filters, visible

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from evidence.models import Item

PAGE = 50
KINDS = ("snapshot", "file", "link", "statement")
KIND_WORDS = {"snapshot": "Snapshot", "file": "File", "link": "Link", "statement": "Statement"}
FRESH_WORDS = {"overdue": "Overdue", "due": "Due soon", "fresh": "Fresh", "none": "No cadence"}
FILTERS = ("q", "kind", "control", "criterion", "owner", "freshness", "tag", "confidentiality")


class BadQuestion(ValueError):
    """A filter has a value that none has; the message says which it takes."""


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Rows, how many there are (`counted` false: more than that), where the list goes on, and what the search did."""

    rows: "list[Item]"
    found: int
    counted: bool
    next: str
    search: Found | None


def checked_filters(given: Mapping[str, str]) -> dict[str, str]:
    """The filters that are set. Raises BadQuestion."""
    wanted = {name: " ".join(given.get(name, "").split())[:200] for name in FILTERS}
    if any("\0" in each for each in wanted.values()):
        raise BadQuestion("Nothing in the library has a NUL in it.")
    if wanted["kind"] and wanted["kind"] not in KINDS:
        raise BadQuestion(f"Kinds are {', '.join(KINDS)}.")
    if wanted["freshness"] and wanted["freshness"] not in FRESHNESS:
        raise BadQuestion(f"Freshness is one of {', '.join(FRESHNESS)}.")
    if wanted["confidentiality"] and wanted["confidentiality"] not in ("open", "restricted"):
        raise BadQuestion("Confidentiality is open or restricted.")
    if wanted["owner"] and wanted["owner"] != "none" and not _is_id(wanted["owner"]):
        raise BadQuestion("An owner is a member's id, or none.")
    return {name: value for name, value in wanted.items() if value}


def items_wanted(role: str, filters: Mapping[str, str], at: datetime) -> "tuple[QuerySet[Item], Found | None]":
    """The items that the filters leave, and what the search found where words or a tag were asked for."""
    items = linked_to(other_filters(visible(role), filters, at), control=filters.get("control", ""), criterion=filters.get("criterion", ""))
    if not filters.get("q") and not filters.get("tag"):
        return items, None
    found = found_items(filters.get("q", ""), filters.get("tag", ""), role=role)
    return items.filter(pk__in=list(found.relevance)), found


def items_page(
    role: str, filters: Mapping[str, str], at: datetime, *, sort: str, cursor: str, total: int | None, limit: int = PAGE
) -> ItemPage:  # fmt: skip
    """A page of items with their owners. Words are answered best first unless another order is asked for. `total`: how many the role may
    know of, where that is known. Raises BadQuestion for an unknown order, ValidationError for a cursor of another list."""
    items, search = items_wanted(role, filters, at)
    items = items.select_related("owner__user")
    if not sort and search is not None and filters.get("q"):
        return _by_relevance(items, search, cursor, limit, narrowed=set(filters) - {"q", "tag"} != set())
    order = _order(sort or "changed")
    if "due_at" in order[0]:
        items = items.filter(due_at__isnull=False)
    page = keyset_page(items, order=order, cursor=cursor, limit=limit)
    if not cursor and not page.next:
        found = len(page.rows)
    elif not filters and total is not None and "due_at" not in order[0]:
        found = total
    else:
        found = items.order_by()[: COUNTED + 1].count()
    return ItemPage(page.rows, min(found, COUNTED) if filters else found, not filters or found <= COUNTED, page.next, search)


def _by_relevance(items: "QuerySet[Item]", search: Found, cursor: str, limit: int, *, narrowed: bool) -> ItemPage:
    start = int(cursor) if cursor.isdigit() and len(cursor) < 6 else 0
    left = items.order_by().values_list("pk", flat=True) if narrowed else search.relevance
    ids = sorted(left, key=lambda each: (-search.relevance[each], -each.int))
    wanted = ids[start : start + limit]
    by_id = {each.pk: each for each in items.filter(pk__in=wanted)}
    following = str(start + limit) if start + limit < len(ids) else ""
    return ItemPage([by_id[each] for each in wanted if each in by_id], len(ids), not search.cut, following, search)


def _order(sort: str) -> list[str]:
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise BadQuestion(f"Lists are ordered by {', '.join(SORTS)}.")
    order = list(SORTS[name])
    if sort.startswith("-"):
        order = [each.removeprefix("-") if each.startswith("-") else f"-{each}" for each in order]
    return order


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def told(item: "Item") -> dict[str, Any]:
    """An item as a row of plain data."""
    return {
        "id": item.pk, "kind": item.kind, "title": item.title, "description": item.description,
        "owner": {"id": item.owner_id, "name": str(item.owner.user)} if item.owner else None, "cadence_days": item.cadence_days,
        "due_at": item.due_at, "confidentiality": item.confidentiality, "roles": item.roles, "tags": item.tags, "url": item.url,
        "source": item.source, "source_key": item.source_key, "created_at": item.created_at, "created_by": item.created_by,
        "number": item.number, "filename": item.filename, "media_type": item.media_type, "size": item.size, "received_at": item.received_at,
        "performed_at": item.performed_at,
    }  # fmt: skip
