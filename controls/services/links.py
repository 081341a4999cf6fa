"""Items of evidence at controls, criteria, occurrences and tasks: brought there in one step, linked, taken off; each link with its reason."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from compliance.tenancy.uuid7 import uuid7
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.work.selectors.tasks import task_by_id
from controls.models import Control, Criterion, ItemLink, Occurrence
from evidence.selectors.items import item_by_id
from evidence.services.items import Dated, Described, _make_item, _touch, drafted
from evidence.services.receiving import Received

if TYPE_CHECKING:
    from compliance.work.models import Task
    from evidence.models import Item

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item belongs: exactly one of the four is set."""

    control: Control | None = None
    criterion: Criterion | None = None
    occurrence: Occurrence | None = None
    task: "Task | None" = None

    @property
    def name(self) -> str:
        """As the trail tells it."""
        if self.occurrence is not None:
            return f"{self.occurrence.control.code}, due {self.occurrence.due_at:%Y-%m-%d}"
        if self.task is not None:
            return f"Task: {self.task.title}"
        return self.control.code if self.control is not None else str(self.criterion)


def place_of(*, control: str = "", criterion: str = "", occurrence: str = "", task: str = "") -> Place:
    """The place of that control or criterion (by code), occurrence or task (by id). Raises ValidationError unless it is one that is there."""
    if sum(map(bool, (control, criterion, occurrence, task))) != 1 or "\0" in control + criterion + occurrence + task:
        raise ValidationError({"place": "Name one control, one criterion, one occurrence or one task."})
    if control and (found := Control.objects.filter(code=control).first()) is not None:
        return Place(control=found)
    if criterion and (known := Criterion.objects.filter(code=criterion).first()) is not None:
        return Place(criterion=known)
    if occurrence and (due := _occurrence(occurrence)) is not None:
        return Place(occurrence=due)
    if task and (agreed := _task(task)) is not None:
        return Place(task=agreed)
    raise ValidationError({"place": "There is no such control, criterion, occurrence or task here."})


def bring_item(
    *, actor: Actor, kind: str, described: Described, dated: Dated, received: Received, places: Sequence[tuple[Place, str]], now: datetime
) -> "Item":  # fmt: skip
    """An item with its first version and its links, as one deed: all of it or nothing. Raises ValidationError by field."""
    item = drafted(actor=actor, kind=kind, described=described, dated=dated, now=now)
    reasons = [checked_reason(reason) for _place, reason in places]
    detail = {"kind": kind, "sha256": received.digest, "links": [place.name for place, _reason in places][:50]}
    with action(ActionName.ITEM_ADDED, actor=actor, subject=item, detail=detail):
        _make_item(actor=actor, item=item, dated=dated, received=received, now=now)
        _link(actor, item.pk, [(place, reason) for (place, _), reason in zip(places, reasons, strict=True)], now)
    return item


def link_item(*, actor: Actor, item_id: uuid.UUID, role: str, place: Place, reason: str, now: datetime) -> ItemLink:
    """Say why an item belongs to a place. Linked there already, it keeps the link it has. Raises ValidationError."""
    reason = checked_reason(reason)
    item = item_by_id(item_id, role=role)
    if item is None:
        raise ValidationError({"item": "There is no such item."})
    with action(ActionName.ITEM_LINKED, actor=actor, subject=item, reason=reason, detail={"to": place.name}):
        _link(actor, item.pk, [(place, reason)], now)
        _touch(item)
        return ItemLink.objects.get(
            item_id=item.pk, control=place.control, criterion=place.criterion, occurrence=place.occurrence, task=place.task
        )


def unlink_item(*, actor: Actor, link: ItemLink, reason: str) -> None:
    """Take an item off a place; the item stays, and the trail keeps what was linked and why no longer."""
    place = Place(link.control, link.criterion, link.occurrence, link.task)
    detail = {"from": place.name, "was": link.reason}
    with action(ActionName.ITEM_UNLINKED, actor=actor, subject=link.item, reason=reason.strip()[:LONGEST], detail=detail):
        ItemLink.objects.filter(pk=link.pk).delete()
        _touch(link.item)


def checked_reason(reason: str) -> str:
    """The reason of a link. Raises ValidationError without one."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST or "\0" in reason:
        raise ValidationError({"reason": f"Say in at most {LONGEST} characters what the item shows there."})
    return reason


def _link(actor: Actor, item_id: uuid.UUID, places: Sequence[tuple[Place, str]], now: datetime) -> None:
    """Inner step of an action."""
    ItemLink.objects.bulk_create(
        [
            ItemLink(
                id=uuid7(), item_id=item_id, control=place.control, criterion=place.criterion, occurrence=place.occurrence, task=place.task,
                reason=reason, linked_by=actor.name[:200], linked_at=now,
            )
            for place, reason in places
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _occurrence(text: str) -> Occurrence | None:
    try:
        return Occurrence.objects.select_related("control").filter(pk=uuid.UUID(text)).first()
    except ValueError:
        return None


def _task(text: str) -> "Task | None":
    try:
        return task_by_id(uuid.UUID(text))
    except ValueError:
        return None


def linking(actor: Actor, now: datetime) -> Callable[[Mapping[uuid.UUID, Sequence[str]]], None]:
    """For a deed that makes many items: an inner step that links each to the controls of these codes. Raises ValidationError for a code
    that is none, so that nothing of the deed stands."""

    def _links(codes: Mapping[uuid.UUID, Sequence[str]]) -> None:
        known = {each.code: each for each in Control.objects.filter(code__in={code for some in codes.values() for code in some})}
        for item_id, some in codes.items():
            if unknown := sorted(set(some) - set(known)):
                raise ValidationError({"controls": f"There is no control {', '.join(unknown)[:200]}."})
            _link(actor, item_id, [(Place(control=known[code]), "Pushed for this control by a program") for code in some], now)

    return _links


def check_controls(codes: Sequence[str]) -> None:
    """Raises ValidationError for a code that is none."""
    if unknown := sorted(set(codes) - set(Control.objects.filter(code__in=codes).values_list("code", flat=True))):
        raise ValidationError({"controls": f"There is no control {', '.join(unknown)[:200]}."})
