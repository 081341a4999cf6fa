"""Items that a program pushes in a session: declared first, sent one by one, and counted only when whole.

The same rule as for pushed facts: count and hash are declared before; a session that does not come to them is refused whole, and what the
former one brought stays in force until it goes stale by its cadence.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from compliance.members.refusals import Refused
from compliance.seal.canonical import canonical_bytes
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor
from compliance.trail.names import ActionName
from compliance.vault.services.streams import store_file
from evidence.files.names import checked_name
from evidence.files.reading import look
from evidence.files.refusals import Unfit
from evidence.models import Item, ItemSession, SessionItem
from evidence.services.items import (
    LONGEST_CADENCE,
    Dated,
    Described,
    _keep,
    _make_item,
    _next_version,
    check_dated,
    check_described,
    drafted,
)
from evidence.services.receiving import NotTaken, Received, _bounded, _digest, _scanned
from evidence.services.spooling import PART, drop_parts, parts_of, pieces_of, put_part, spooled

LIVES = timedelta(hours=6)
MOST_OPEN = 20
MOST_ITEMS = 500
_HASH = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[\w][\w .:@+/-]{0,199}")
Also = Callable[[Mapping[uuid.UUID, list[str]]], None]


class SessionConflict(Refused):
    """What is sent does not fit how the session is; the message says what to do."""


def session_hash(items: Mapping[str, str]) -> str:
    """What a session declares: SHA-256 over one line per item in order of keys, each the canonical JSON (RFC 8785) of `key` and `sha256`
    with a line feed behind it. `items`: SHA-256 of the bytes in hex, by key."""
    lines = [canonical_bytes({"key": key, "sha256": items[key]}) + b"\n" for key in sorted(items)]
    return hashlib.sha256(b"".join(lines)).hexdigest()


def open_item_session(*, actor: Actor, name: str, cadence_days: int, expected: int, sha256: str, now: datetime) -> ItemSession:
    """A session that may be filled for six hours. Raises ValidationError by field, SessionConflict when too many are open."""
    faults: dict[str, str] = {}
    if not name.strip() or len(name.strip()) > 120 or not name.isprintable():
        faults["name"] = "Name the source in at most 120 printable characters."
    if not 1 <= cadence_days <= LONGEST_CADENCE:
        faults["cadence_days"] = f"From 1 to {LONGEST_CADENCE:,} days: how long what is brought counts as fresh."
    if not 1 <= expected <= MOST_ITEMS:
        faults["expected"] = f"From 1 to {MOST_ITEMS} items."
    if not _HASH.fullmatch(sha256):
        faults["sha256"] = "64 lower-case hexadecimal digits."
    if faults:
        raise ValidationError(faults)
    expire_item_sessions(now=now)
    if ItemSession.objects.filter(state="open").count() >= MOST_OPEN:
        raise SessionConflict(f"{MOST_OPEN} sessions are open. Close or abandon some; they expire after six hours.")
    with action(ActionName.ITEMS_DECLARED, actor=actor, subject_name=name.strip(), detail={"expected": expected, "sha256": sha256}):
        return ItemSession.objects.create(
            name=name.strip(), cadence_days=cadence_days, expected=expected, sha256=sha256, opened_by=actor.name[:200], opened_at=now,
            expires_at=now + LIVES,
        )  # fmt: skip


def put_item(
    *, actor: Actor, session: ItemSession, key: str, pieces: Iterator[bytes], filename: str, sha256: str, said: Mapping[str, Any], now: datetime
) -> tuple[SessionItem, bool]:  # fmt: skip
    """Take one item, whole: (item, whether it is new). The same bytes under the same key change nothing. `said` is `title` and, where told,
    `description`, `tags`, `controls`, `performed_at`, `covered_from`, `covered_until` as text. Raises ValidationError, NotTaken,
    SessionConflict; nothing of it is kept then."""
    _still_open(session, now)
    if not _KEY.fullmatch(key):
        raise ValidationError({"key": "Name the item in at most 200 letters, digits, spaces and - _ . : @ + /."})
    check_described(_described(session, key, said))
    check_dated(_dated(said), now)
    known = SessionItem.objects.filter(session=session, key=key).first()
    if known is not None and known.sha256 == sha256:
        return known, False
    if known is not None:
        raise SessionConflict("Other bytes were sent under this key. Give them a key of their own, or open a new session.")
    item_id = uuid.uuid4()
    try:
        name = checked_name(filename)
        with spooled(_bounded(pieces)) as path:
            seen = look(path, name)
            digest = _digest(path)
            if digest != sha256:
                raise NotTaken(f"The bytes hash to {digest}, declared was {sha256 or 'nothing'}. Nothing is kept; send them again.")
            verdict, detail = _scanned(path)
            with path.open("rb") as file:
                count = 0
                for count, piece in enumerate(pieces_of(file, PART), start=1):
                    put_part(item_id, count, piece)
            size = path.stat().st_size
        declared = {
            **said, "filename": name, "media_type": seen.media_type, "text": seen.text, "verdict": verdict, "detail": detail,
        }  # fmt: skip
        with action(
            ActionName.ITEMS_RECEIVED, actor=actor, subject=session, subject_name=session.name, detail={"key": key, "sha256": sha256}
        ):
            locked = ItemSession.objects.select_for_update().get(pk=session.pk)
            _still_open(locked, now)
            if SessionItem.objects.filter(session=locked).count() >= locked.expected:
                raise SessionConflict(f"The session declared {locked.expected} items; with this one there would be more.")
            made = SessionItem.objects.create(
                id=item_id, session=locked, key=key, sha256=sha256, size=size, parts=count, declared=declared, received_at=now
            )
    except Unfit as error:
        drop_parts(item_id)
        raise NotTaken(str(error)) from error
    except (Refused, ValidationError):
        drop_parts(item_id)
        raise
    return made, True


def close_item_session(*, actor: Actor, session: ItemSession, also: Also, now: datetime) -> ItemSession:
    """Make items, or new versions of those that the source brought before, if count and hash are those declared; all in one deed.

    `also` gets the controls' codes by item, within the deed. Closing again changes nothing. Raises SessionConflict: while items are
    missing it stays open; when the hash differs it is refused for good and nothing of it counts."""
    if session.state == "recorded":
        return session
    _still_open(session, now)
    waiting = list(SessionItem.objects.filter(session=session).order_by("key"))
    if len(waiting) != session.expected:
        raise SessionConflict(f"{len(waiting)} of {session.expected} items are here. Send the rest, then close.")
    found = session_hash({each.key: each.sha256 for each in waiting})
    if found != session.sha256:
        return _ended(actor, session, "refused", f"The items hash to {found}, declared was {session.sha256}. Nothing counts.", now)
    stored = [_stored(each) for each in waiting]
    with action(ActionName.ITEMS_RECORDED, actor=actor, subject=session, subject_name=session.name, detail={"items": len(waiting)}):
        locked = ItemSession.objects.select_for_update().get(pk=session.pk)
        _still_open(locked, now)
        former = {each.source_key: each for each in Item.objects.select_for_update().filter(source=locked.name).exclude(source_key="")}
        controls: dict[uuid.UUID, list[str]] = {}
        for each, received in zip(waiting, stored, strict=True):
            item = _written(actor, locked, former.get(each.key), each, received, now)
            controls[item.pk] = [str(code) for code in each.declared.get("controls", [])]
        also(controls)
        locked.state, locked.ended_at = "recorded", now
        locked.save()
        SessionItem.objects.filter(session=locked).delete()
    for each in waiting:
        drop_parts(each.pk)
    return locked


def abandon_item_session(*, actor: Actor, session: ItemSession, now: datetime) -> None:
    """End an open session; what it holds is destroyed. Raises SessionConflict when it is not open."""
    _still_open(session, now)
    _ended(actor, session, "abandoned", "The sender gave it up.", now)


def expire_item_sessions(*, now: datetime) -> int:
    """End those that were left open too long. Returns how many."""
    left = list(ItemSession.objects.filter(state="open", expires_at__lte=now))
    for each in left:
        _ended(SYSTEM, each, "expired", "It was not closed in time.", now)
    return len(left)


def _written(actor: Actor, session: ItemSession, former: Item | None, each: SessionItem, received: Received, now: datetime) -> Item:
    dated = _dated(each.declared)
    if former is None:
        item = drafted(actor=actor, kind="file", described=_described(session, each.key, each.declared), dated=dated, now=now)
        _make_item(actor=actor, item=item, dated=dated, received=received, now=now)
        return item
    _keep([received], now)
    former.cadence_days = session.cadence_days
    _next_version(actor, former, dated, received, now)
    return former


def _stored(each: SessionItem) -> Received:
    said = each.declared
    with spooled(parts_of(each.pk, each.parts)) as path, path.open("rb") as file:
        kept = store_file(file, limit=each.size)
    if kept.digest != each.sha256:
        raise SessionConflict(f"What was sent under {each.key} is not on the disk any more as it came. Open a new session.")
    return Received(kept.digest, kept.size, said["filename"], said["media_type"], said["text"], said["verdict"], said["detail"])


def _ended(actor: Actor, session: ItemSession, state: str, reason: str, now: datetime) -> ItemSession:
    name = ActionName.ITEMS_REFUSED if state == "refused" else ActionName.ITEMS_ABANDONED
    with action(name, actor=actor, subject=session, subject_name=session.name, reason=reason):
        waiting = list(SessionItem.objects.filter(session=session).values_list("pk", flat=True))
        session.state, session.state_reason, session.ended_at = state, reason, now
        session.save()
        SessionItem.objects.filter(session=session).delete()
    for each in waiting:
        drop_parts(each)
    return session


def _still_open(session: ItemSession, now: datetime) -> None:
    if session.state != "open":
        raise SessionConflict(f"This session is {session.state}. {session.state_reason} Open a new one.".replace("  ", " "))
    if session.expires_at <= now:
        raise SessionConflict("This session has expired, and nothing of it counts. Open a new one.")


def _described(session: ItemSession, key: str, said: Mapping[str, Any]) -> Described:
    return Described(
        title=str(said.get("title") or key), description=str(said.get("description", "")), cadence_days=session.cadence_days,
        tags=[str(each) for each in said.get("tags", [])], source=session.name, source_key=key,
    )  # fmt: skip


def _dated(said: Mapping[str, Any]) -> Dated:
    return Dated(
        performed_at=datetime.fromisoformat(said["performed_at"]) if said.get("performed_at") else None,
        covered_from=date.fromisoformat(said["covered_from"]) if said.get("covered_from") else None,
        covered_until=date.fromisoformat(said["covered_until"]) if said.get("covered_until") else None,
    )
