"""Items of evidence: made, given new versions, described anew. A new version never replaces an older one."""

import copy
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from compliance.members.models import Membership
from compliance.members.refusals import Refused
from compliance.members.roles import Right, Role, allows
from compliance.tenancy.uuid7 import uuid7
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.scanning import Clean, Infected, scan
from compliance.vault.selectors.blobs import open_blob
from compliance.vault.services.statements import _state
from evidence.models import Item, ItemText, ItemVersion, Scan
from evidence.services.receiving import Received, _keep

ALWAYS = (Role.ADMIN.value, Role.COMPLIANCE_MANAGER.value)  # they decide who else may know of an item
READERS = tuple(role.value for role in Role if allows(role, Right.SEE_PROGRAMME))
CADENCES = ((7, "every week"), (31, "every month"), (92, "every quarter"), (183, "every half year"), (366, "every year"))
LONGEST_CADENCE = 1100  # days
MOST_TAGS = 20
_TAG = re.compile(r"[\w][\w .+/&-]{0,39}")


class Quarantined(Refused):
    """The bytes wait for a scanner or for somebody's decision, and are not served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What is said of an item. `roles` empty: open to all who read the programme; else restricted to these and to those who manage."""

    title: str
    description: str = ""
    owner_id: uuid.UUID | None = None
    cadence_days: int | None = None
    roles: Sequence[str] = ()
    tags: Sequence[str] = ()
    url: str = ""
    source: str = ""
    source_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What is said of a version: when it was performed or observed, which days it covers (ends included), who stands behind it."""

    performed_at: datetime | None = None
    covered_from: date | None = None
    covered_until: date | None = None
    stated_by: str = ""
    note: str = ""


@dataclass(slots=True)
class _Faults:
    by_field: dict[str, str] = field(default_factory=dict)

    def raised(self) -> None:
        """Raises ValidationError when there is one."""
        if self.by_field:
            raise ValidationError(dict(self.by_field))


def add_item(*, actor: Actor, kind: str, described: Described, dated: Dated, received: Received, now: datetime) -> Item:
    """An item with its first version. Raises ValidationError by field; the bytes are then not kept."""
    item = drafted(actor=actor, kind=kind, described=described, dated=dated, now=now)
    with action(ActionName.ITEM_ADDED, actor=actor, subject=item, detail={"kind": kind, "sha256": received.digest}):
        _make_item(actor=actor, item=item, dated=dated, received=received, now=now)
    return item


def add_version(*, actor: Actor, item: Item, dated: Dated, received: Received, now: datetime) -> ItemVersion:
    """The next version; the former ones stay as they are. Raises ValidationError by field."""
    check_dated(dated, now)
    with action(ActionName.ITEM_VERSION_ADDED, actor=actor, subject=item, reason=dated.note, detail={"sha256": received.digest}):
        locked = Item.objects.select_for_update().get(pk=item.pk)
        _keep([received], now)
        return _next_version(actor, locked, dated, received, now)


def change_item(*, actor: Actor, item: Item, described: Described) -> Item:
    """Say something else of an item; its versions stay. Raises ValidationError by field."""
    check_described(described)
    draft = copy.copy(item)
    _describe(draft, described)
    before, after = _told(item), _told(draft)
    changed = sorted(name for name in before if before[name] != after[name])
    detail = {"before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}}
    with action(ActionName.ITEM_CHANGED, actor=actor, subject=item, detail=detail):
        locked = Item.objects.select_for_update().get(pk=item.pk)
        _describe(locked, described)
        locked.due_at = _due(locked, locked.performed_at or locked.received_at)
        locked.revision = uuid7()
        locked.save()
        _index(locked, None)
    return locked


def accept_bytes(*, actor: Actor, item: Item, version: ItemVersion, reason: str, now: datetime) -> None:
    """Somebody takes responsibility for bytes in quarantine: they are served from now on. Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why these bytes may be served although the scanner does not vouch for them."})
    with action(ActionName.ITEM_ACCEPTED, actor=actor, subject=item, reason=reason.strip(), detail={"sha256": version.digest}):
        Scan.objects.filter(digest=version.digest).update(
            state="accepted", accepted_by=actor.name[:200], reason=reason.strip(), scanned_at=now
        )
        _touch(item)


def scan_again(*, actor: Actor, item: Item, version: ItemVersion, now: datetime) -> str:
    """Ask the scanner once more about bytes that wait. Returns the state that holds now, empty where no scanner is configured."""
    said = scan(open_blob(version.digest))
    state = "clean" if isinstance(said, Clean) else "infected" if isinstance(said, Infected) else "waiting" if said.wanted else ""
    detail = "" if isinstance(said, Clean) else said.signature if isinstance(said, Infected) else said.reason
    if state:
        with action(ActionName.ITEM_SCANNED, actor=actor, subject=item, detail={"sha256": version.digest, "state": state}):
            Scan.objects.update_or_create(digest=version.digest, defaults={"state": state, "detail": detail[:300], "scanned_at": now})
            _touch(item)
    return state


def record_download(*, actor: Actor, item: Item, version: ItemVersion) -> None:
    """Whoever takes the original bytes away stands on the trail. Raises Quarantined for bytes that are not served."""
    refuse_quarantined(version)
    with action(ActionName.ITEM_DOWNLOADED, actor=actor, subject=item, detail={"number": version.number, "sha256": version.digest}):
        pass


def refuse_quarantined(version: ItemVersion) -> None:
    """Raises Quarantined for bytes that a scanner does not vouch for."""
    held = Scan.objects.filter(digest=version.digest, state__in=["infected", "waiting"]).first()
    if held is not None:
        why = f"the scanner found {held.detail}" if held.state == "infected" else f"the scanner has not answered: {held.detail}"
        raise Quarantined(f"These bytes are in quarantine, since {why}. A compliance manager can accept them on the item's page.")


def check_described(described: Described) -> None:
    """Raises ValidationError by field."""
    faults = _Faults()
    if not described.title.strip() or len(described.title.strip()) > 200 or "\0" in described.title:
        faults.by_field["title"] = "Say in at most 200 characters what it is."
    if len(described.description) > 20_000 or "\0" in described.description:
        faults.by_field["description"] = "At most 20,000 characters, without NUL."
    if described.cadence_days is not None and not 1 <= described.cadence_days <= LONGEST_CADENCE:
        faults.by_field["cadence_days"] = f"From 1 to {LONGEST_CADENCE:,} days, or none."
    if bad := sorted(set(described.roles) - set(READERS)):
        faults.by_field["roles"] = f"{', '.join(bad)} cannot read the programme. Choose among {', '.join(READERS)}."
    tags = cleaned_tags(described.tags)
    if len(tags) > MOST_TAGS or any(not _TAG.fullmatch(each) for each in tags):
        faults.by_field["tags"] = f"At most {MOST_TAGS} tags of letters, digits, spaces and - + . / &, each of at most 40 characters."
    if described.url and (len(described.url) > 2000 or not re.match(r"https?://[^\s/]+", described.url) or "\0" in described.url):
        faults.by_field["url"] = "An address that begins with https:// or http://."
    if described.owner_id is not None:
        owner = Membership.objects.filter(pk=described.owner_id).first()
        if owner is None:
            faults.by_field["owner"] = "Choose a member of this organization."
        elif owner.role not in roles_of(described.roles):
            faults.by_field["owner"] = "This member's role may not know of the item. Choose another owner, or let the role in."
    faults.raised()


def check_dated(dated: Dated, now: datetime) -> None:
    """Raises ValidationError by field."""
    faults = _Faults()
    if dated.performed_at is not None and dated.performed_at > now + timedelta(minutes=5):
        faults.by_field["performed_at"] = "This lies in the future."
    if dated.covered_from and dated.covered_until and dated.covered_from > dated.covered_until:
        faults.by_field["covered_until"] = "The days covered end before they begin."
    if len(dated.note) > 5000 or "\0" in dated.note:
        faults.by_field["note"] = "At most 5,000 characters."
    faults.raised()


def roles_of(chosen: Sequence[str]) -> list[str]:
    """Roles that may know of an item for which these were chosen; none chosen means all readers."""
    return sorted({*ALWAYS, *chosen}) if chosen else sorted(READERS)


def cleaned_tags(tags: Sequence[str]) -> list[str]:
    """Tags without surrounding space, each once, in order of the alphabet."""
    return sorted({" ".join(each.split()) for each in tags if each.strip()}, key=str.casefold)


def drafted(*, actor: Actor, kind: str, described: Described, dated: Dated, now: datetime) -> Item:
    """An item that is not written yet, for the action that will write it. Raises ValidationError by field."""
    check_described(described)
    check_dated(dated, now)
    item = Item(kind=kind, created_at=now, created_by=actor.name[:200], number=0)
    _describe(item, described)
    return item


def _make_item(*, actor: Actor, item: Item, dated: Dated, received: Received, now: datetime) -> ItemVersion:
    """Inner step of an action: a drafted item is written with its first version and its leaf."""
    _keep([received], now)
    return _next_version(actor, item, dated, received, now, new=True)


def _next_version(actor: Actor, item: Item, dated: Dated, received: Received, now: datetime, *, new: bool = False) -> ItemVersion:
    item.number += 1
    item.filename, item.media_type, item.size = received.filename, received.media_type, received.size
    item.received_at, item.performed_at = now, dated.performed_at
    item.due_at = _due(item, dated.performed_at or now)
    item.revision = uuid7()
    item.save(force_insert=new)
    version = ItemVersion.objects.create(
        item=item, number=item.number, digest=received.digest, filename=received.filename, media_type=received.media_type, size=received.size,
        received_at=now, performed_at=dated.performed_at, covered_from=dated.covered_from, covered_until=dated.covered_until,
        stated_by=(dated.stated_by or actor.name)[:200], note=dated.note,
    )  # fmt: skip
    _index(item, received.text)
    _state("item", version.pk, now, payload_of(item, version))
    return version


def payload_of(item: Item, version: ItemVersion) -> dict[str, Any]:
    """What the log holds of a version."""
    return {
        "item": str(item.pk), "kind": item.kind, "title": item.title, "number": version.number, "sha256": version.digest, "size": version.size,
        "filename": version.filename, "media_type": version.media_type, "received_at": _text(version.received_at),
        "performed_at": _text(version.performed_at), "covered_from": str(version.covered_from or ""),
        "covered_until": str(version.covered_until or ""), "stated_by": version.stated_by, "url": item.url, "source": item.source,
    }  # fmt: skip


def _describe(item: Item, described: Described) -> None:
    item.title, item.description = described.title.strip(), described.description.strip()
    item.owner_id, item.cadence_days = described.owner_id, described.cadence_days
    item.confidentiality = "restricted" if described.roles else "open"
    item.roles, item.tags = roles_of(described.roles), cleaned_tags(described.tags)
    item.url = described.url.strip()
    if described.source:
        item.source, item.source_key = described.source, described.source_key


def _index(item: Item, body: str | None) -> None:
    about = "\n".join([item.description, " ".join(item.tags), item.filename, _apart(item.filename), item.url, item.source])
    values = {"title": item.title, "about": about}
    if body is not None:
        values["body"] = body.replace("\0", "")
    ItemText.objects.update_or_create(item=item, defaults=values)


def _apart(filename: str) -> str:
    return re.sub(r"[._-]+", " ", filename)


def _due(item: Item, since: datetime) -> datetime | None:
    return since + timedelta(days=item.cadence_days) if item.cadence_days else None


def _touch(item: Item) -> None:
    """Inner step of an action: something about the item changed, so that lists and counts are told anew."""
    Item.objects.filter(pk=item.pk).update(revision=uuid7())


def _told(item: Item) -> dict[str, Any]:
    return {
        "title": item.title, "description": item.description, "owner": str(item.owner_id or ""), "cadence_days": item.cadence_days,
        "roles": item.roles, "tags": item.tags, "url": item.url,
    }  # fmt: skip


def _text(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at else ""
