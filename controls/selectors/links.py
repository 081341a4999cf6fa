"""Reading which items of evidence stand where, and why; never of items that the asking role may not know of."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import connection
from django.db.models import Q, QuerySet

from compliance.tenancy import scope
from controls.models import ControlCriterion, ItemLink
from evidence.selectors.items import KEPT, visible

if TYPE_CHECKING:
    from evidence.models import Item

COUNTS = """
SELECT 'control', c.code, c.title, count(DISTINCT l.item_id) FROM controls_itemlink l
JOIN evidence_item i ON i.organization_id = l.organization_id AND i.id = l.item_id
LEFT JOIN controls_occurrence o ON o.organization_id = l.organization_id AND o.id = l.occurrence_id
JOIN controls_control c ON c.organization_id = l.organization_id AND c.id = coalesce(l.control_id, o.control_id)
WHERE l.organization_id = %(organization)s AND %(role)s = ANY(i.roles) GROUP BY c.code, c.title
UNION ALL
SELECT 'criterion', code, '', count(DISTINCT item_id) FROM (
  SELECT l.criterion_id AS code, l.item_id FROM controls_itemlink l
  JOIN evidence_item i ON i.organization_id = l.organization_id AND i.id = l.item_id
  WHERE l.organization_id = %(organization)s AND l.criterion_id IS NOT NULL AND %(role)s = ANY(i.roles)
  UNION ALL
  SELECT cc.criterion_id, l.item_id FROM controls_itemlink l
  JOIN evidence_item i ON i.organization_id = l.organization_id AND i.id = l.item_id
  LEFT JOIN controls_occurrence o ON o.organization_id = l.organization_id AND o.id = l.occurrence_id
  JOIN controls_controlcriterion cc ON cc.organization_id = l.organization_id AND cc.control_id = coalesce(l.control_id, o.control_id)
  WHERE l.organization_id = %(organization)s AND %(role)s = ANY(i.roles)
) linked GROUP BY code
ORDER BY 1, 2
"""


def links_of_items(item_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[ItemLink]]:
    """Links of these items with what they lead to. Ask only for items that the reader may know of."""
    links: dict[uuid.UUID, list[ItemLink]] = defaultdict(list)
    rows = ItemLink.objects.filter(item_id__in=list(item_ids)).select_related("control", "criterion", "occurrence__control", "task")
    for each in rows.order_by("linked_at", "id"):
        links[each.item_id].append(each)
    return links


def links_of_controls(control_ids: Iterable[uuid.UUID], *, role: str | None = None) -> list[ItemLink]:
    """Links of items to these controls or to their occurrences, with the item, the latest link first. Without a role, of open items only."""
    wanted = list(control_ids)
    rows = ItemLink.objects.filter(Q(control_id__in=wanted) | Q(occurrence__control_id__in=wanted), item__in=visible(role))
    return list(rows.select_related("item", "occurrence").order_by("-linked_at", "-id"))


def links_of_task(task_id: uuid.UUID, *, role: str) -> list[ItemLink]:
    """Links of items that the role may know of to this task, the latest first."""
    rows = ItemLink.objects.filter(task_id=task_id, item__in=visible(role))
    return list(rows.select_related("item").order_by("-linked_at", "-id"))


def items_of_controls(control_ids: Iterable[uuid.UUID], *, role: str | None = None) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Item ids by control, each once, the latest link first. Reasons stand in `links_of_controls`. Without a role, open items only."""
    items: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for link in links_of_controls(control_ids, role=role):
        control_id = link.control_id or (link.occurrence.control_id if link.occurrence is not None else None)
        if control_id is not None and link.item_id not in items[control_id]:
            items[control_id].append(link.item_id)
    return dict(items)


def link_of_item(item_id: uuid.UUID, link_id: uuid.UUID) -> ItemLink | None:
    """One link of an item."""
    return (
        ItemLink.objects.filter(item_id=item_id, pk=link_id)
        .select_related("item", "control", "criterion", "occurrence__control", "task")
        .first()
    )


def linked_to(items: "QuerySet[Item]", *, control: str = "", criterion: str = "") -> "QuerySet[Item]":
    """Those of these items that belong to a control or its occurrences; or to a criterion, itself or through a control that answers to it."""
    if control:
        at_control = ItemLink.objects.filter(Q(control__code=control) | Q(occurrence__control__code=control))
        items = items.filter(pk__in=at_control.values("item_id"))
    if criterion:
        answering = ControlCriterion.objects.filter(criterion_id=criterion).values("control_id")
        at_criterion = ItemLink.objects.filter(
            Q(criterion_id=criterion) | Q(control_id__in=answering) | Q(occurrence__control_id__in=answering)
        )
        items = items.filter(pk__in=at_criterion.values("item_id"))
    return items


def counts_by_place(role: str, stamp: uuid.UUID | None) -> tuple[dict[str, tuple[str, int]], dict[str, int]]:
    """(title, items) by control's code, and items by criterion, over all items of the role. `stamp` is the library's revision: the counts
    are kept until it is another."""
    if stamp is None:
        return {}, {}
    key = f"places:{scope.organization_id()}:{role}:{stamp}"
    kept = cache.get(key)
    if kept is None:
        controls: dict[str, tuple[str, int]] = {}
        criteria: dict[str, int] = {}
        with connection.cursor() as cursor:
            cursor.execute(COUNTS, {"organization": scope.organization_id(), "role": role})
            for place, code, title, count in cursor.fetchall():
                if place == "control":
                    controls[code] = (title, count)
                else:
                    criteria[code] = count
        kept = (controls, criteria)
        cache.set(key, kept, KEPT)
    return kept
