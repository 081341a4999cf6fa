"""Facts that a program pushes in a session: declared first, sent in pieces, and counted only when whole."""

import hashlib
import re
import uuid
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection as database
from django.db.models import Sum

from compliance.members.refusals import Refused as Conflicting
from compliance.seal.canonical import CanonicalError, canonical_bytes
from compliance.tenancy import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor
from compliance.trail.names import ActionName
from compliance.vault.encryption import decrypt, encrypt
from compliance.vault.services.blobs import _keep_blobs, store_bytes
from evidence.facts.fact import Fact
from evidence.readings import CallMade
from integrations.fed import FRESHNESS, MODES
from integrations.importing.fields import fields_of
from integrations.importing.kinds import kinds
from integrations.importing.lines import objects
from integrations.importing.refusals import Refusal, Refused
from integrations.importing.strict import fact_of
from integrations.models import Connection, PushChunk, PushSession
from integrations.selectors.imports import last_as_of
from integrations.services.feeding import _connection_of, record_facts

PURPOSE = "pushed piece"
LIVES = timedelta(hours=6)
MOST_OPEN = 20
MOST_LINES = 100_000
MOST_BYTES = 64 * 1024 * 1024
MOST_CHUNKS = 10_000
CHUNK_BYTES = 2 * 1024 * 1024
CHUNK_LINES = 5_000
NAMED_ERRORS = 20
TRIED_AGAIN = timedelta(minutes=10)
_DIGEST = re.compile(r"[0-9a-f]{64}")


class SessionConflict(Conflicting):
    """What is sent does not fit how the session is; the message says what to do."""


def open_session(
    *, actor: Actor, name: str, kind: str, version: int, fields: Sequence[str], mode: str, fresh_days: int, expected: int, sha256: str,
    as_of: datetime | None, now: datetime,
) -> PushSession:  # fmt: skip
    """A session that may be filled until it expires. Raises ValidationError by field, SessionConflict when too many are open."""
    _check_declared(name, kind, version, fields, mode, fresh_days, expected, sha256, as_of, now)
    expire_sessions(now=now)
    if PushSession.objects.filter(state="open").count() >= MOST_OPEN:
        raise SessionConflict(f"{MOST_OPEN} sessions are open. Close or abandon some; they expire after {LIVES.seconds // 3600} hours.")
    with action(ActionName.PUSH_OPENED, actor=actor, subject_name=name, detail={"kind": kind, "expected": expected, "sha256": sha256}):
        return PushSession.objects.create(
            name=name.strip(), kind=kind, version=version, fields=list(fields), mode=mode, fresh_days=fresh_days, expected=expected,
            sha256=sha256, as_of=as_of, opened_by=actor.name, opened_at=now, expires_at=now + LIVES,
        )  # fmt: skip


def put_chunk(*, actor: Actor, session: PushSession, number: int, data: bytes, now: datetime) -> tuple[PushChunk, bool]:
    """Take one piece, numbered from 1; (piece, whether it is new). The same piece again changes nothing. Raises ValidationError naming
    lines, SessionConflict for another piece under a number that was sent, or a session that is not open."""
    _still_open(session, now)
    lines = _checked_lines(session, data)
    canonical = b"".join(line + b"\n" for line in lines)
    digest = hashlib.sha256(canonical).hexdigest()
    if not 1 <= number <= MOST_CHUNKS:
        raise ValidationError({"number": f"Number the pieces from 1 to {MOST_CHUNKS:,}."})
    with action(ActionName.PUSH_RECEIVED, actor=actor, subject=session, detail={"number": number, "lines": len(lines), "sha256": digest}):
        locked = PushSession.objects.select_for_update().get(pk=session.pk)
        _still_open(locked, now)
        known = PushChunk.objects.filter(session=locked, number=number).first()
        if known is not None:
            if known.sha256 != digest:
                raise SessionConflict(
                    f"Piece {number} was sent before with other lines. Give it the next free number, or open a new session."
                )
            return known, False
        here = PushChunk.objects.filter(session=locked).aggregate(lines=Sum("lines"), size=Sum("size"))
        if (here["lines"] or 0) + len(lines) > locked.expected:
            raise SessionConflict(f"The session declared {locked.expected:,} lines; with this piece there would be more.")
        if (here["size"] or 0) + len(canonical) > MOST_BYTES:
            raise SessionConflict(f"The session would hold more than {MOST_BYTES:,} bytes. Split it into several sources.")
        piece = PushChunk.objects.create(
            session=locked, number=number, sha256=digest, lines=len(lines), size=len(canonical), received_at=now,
            content=encrypt(scope.organization_id(), PURPOSE, zlib.compress(canonical, 1)),
        )  # fmt: skip
    return piece, True


def close_session(*, actor: Actor, session: PushSession, now: datetime) -> PushSession:
    """Record the session as one run, if count and hash are those declared. Raises SessionConflict: while lines are missing it stays open;
    when the hash differs it is refused for good and nothing of it counts."""
    if session.state == "recorded":
        return session
    _still_open(session, now)
    pieces = list(PushChunk.objects.filter(session=session).order_by("number"))
    received = sum(each.lines for each in pieces)
    gaps = sorted(set(range(1, (pieces[-1].number if pieces else 0) + 1)) - {each.number for each in pieces})
    if gaps:
        raise SessionConflict(f"Pieces {', '.join(map(str, gaps[:NAMED_ERRORS]))} are missing. Send them, then close.")
    if received != session.expected:
        raise SessionConflict(f"{received:,} of {session.expected:,} lines are here. Send the rest, then close.")
    whole = b"".join(_opened(each) for each in pieces)
    digest = hashlib.sha256(whole).hexdigest()
    if digest != session.sha256:
        return _refuse(actor, session, f"The lines hash to {digest}, declared was {session.sha256}. Nothing is recorded.", now)
    try:
        facts = _facts(session, whole)
        as_of = _as_of(session, now)
    except Refused as error:
        return _refuse(actor, session, error.reason, now)
    sizes = store_bytes({digest: whole})
    with action(ActionName.PUSH_ACCEPTED, actor=actor, subject=session, detail={"lines": received, "sha256": digest}):
        locked = PushSession.objects.select_for_update().get(pk=session.pk)
        _still_open(locked, now)
        connection = _connection_of(
            vendor="push", name=locked.name, kind=locked.kind, mode=locked.mode, fresh_days=locked.fresh_days, now=now
        )
        _keep_blobs(sizes, "application/x-ndjson")
        locked.connection, locked.state, locked.ended_at = connection, "recording", now
        locked.save()
    return _recorded(actor, locked, connection, facts, whole, pieces, as_of, now)


def abandon_session(*, actor: Actor, session: PushSession, now: datetime) -> None:
    """End an open session; its pieces are destroyed. Raises SessionConflict when it is not open."""
    _still_open(session, now)
    with action(ActionName.PUSH_ABANDONED, actor=actor, subject=session):
        _end(session, "abandoned", "The sender gave it up.", now)


def expire_sessions(*, now: datetime) -> int:
    """End what was left open too long, and what died while it was recorded. Returns how many."""
    left = list(PushSession.objects.filter(state="open", expires_at__lte=now))
    dead = list(PushSession.objects.filter(state="recording", ended_at__lt=now - TRIED_AGAIN))
    for session in [*left, *dead]:
        why = "It was not closed in time." if session.state == "open" else "Recording it did not come to its end. Push it again."
        with action(ActionName.PUSH_EXPIRED, actor=SYSTEM, subject=session):
            _end(session, "expired", why, now)
    return len(left) + len(dead)


def organizations_with_sessions_to_end(now: datetime) -> list[uuid.UUID]:
    """Asked without a scope, every hour: whose sessions were left open too long, or died while they were recorded."""
    with database.cursor() as cursor:
        cursor.execute("SELECT organization_id FROM plumbline_organizations_with_sessions_to_end(%s, %s)", [now, now - TRIED_AGAIN])
        return [row[0] for row in cursor.fetchall()]


def _recorded(
    actor: Actor, session: PushSession, connection: Connection, facts: Sequence[Fact], whole: bytes, pieces: Sequence[PushChunk],
    as_of: datetime, now: datetime,
) -> PushSession:  # fmt: skip
    declared = {
        "session": str(session.pk), "kind": session.kind, "version": session.version, "fields": session.fields, "mode": session.mode,
        "expected": session.expected, "sha256": session.sha256, "opened_by": session.opened_by, "as_of": as_of.isoformat(),
        "pieces": [{"number": each.number, "lines": each.lines, "sha256": each.sha256} for each in pieces[:100]],
    }  # fmt: skip
    call = CallMade(
        operation="push", parameters=declared, partition="", page=1, rows=len(facts), total=session.expected, more=False, status=200,
        started_at=session.opened_at, finished_at=now, vendor_time=session.as_of, request_id=str(session.pk), sha256=session.sha256,
        size=len(whole), quota_limit=None, quota_remaining=None, not_modified=False, fault="",
    )  # fmt: skip
    run = record_facts(
        actor=actor, connection=connection, facts=facts, pages={session.sha256: whole}, as_of=as_of, expected=session.expected, refused="",
        call=call, now=now,
    )  # fmt: skip
    with action(ActionName.PUSH_RECORDED, actor=actor, subject=session, detail={"run": str(run.pk)}):
        session.run_id, session.as_of = run.pk, as_of
        _end(session, "recorded", "", now)
    return session


def _end(session: PushSession, state: str, reason: str, now: datetime) -> None:
    """Inner step of an action: the session ends so; its pieces are destroyed (what counts stands in the vault)."""
    session.state, session.state_reason, session.ended_at = state, reason, now
    session.save()
    PushChunk.objects.filter(session=session).delete()


def _refuse(actor: Actor, session: PushSession, reason: str, now: datetime) -> PushSession:
    with action(ActionName.PUSH_REFUSED, actor=actor, subject=session, reason=reason):
        _end(session, "refused", reason, now)
    return session


def _still_open(session: PushSession, now: datetime) -> None:
    if session.state != "open":
        raise SessionConflict(f"This session is {session.state}. {session.state_reason} Open a new one.".replace("  ", " "))
    if session.expires_at <= now:
        raise SessionConflict("This session has expired, and nothing of it counts. Open a new one.")


def _checked_lines(session: PushSession, data: bytes) -> list[bytes]:
    """The canonical form of each line. Raises ValidationError with the first errors by line."""
    if len(data) > CHUNK_BYTES:
        raise ValidationError(f"A piece has at most {CHUNK_BYTES:,} bytes; send several.")
    kind, allowed = kinds()[session.kind], set(session.fields)
    lines: list[bytes] = []
    errors: list[str] = []
    for number, each in objects(data):
        try:
            if isinstance(each, Refusal):
                raise Refused(each.reason)
            if undeclared := sorted(set(each) - allowed):
                raise Refused("was not declared when the session was opened", str(undeclared[0])[:80])
            fact_of(kind, each)
            lines.append(canonical_bytes(each))
        except Refused as error:
            errors.append(f"Line {number}: {error.column + ' ' if error.column else ''}{error.reason}.")
        except CanonicalError as error:
            errors.append(f"Line {number}: {error}.")
        if len(lines) > CHUNK_LINES:
            raise ValidationError(f"A piece has at most {CHUNK_LINES:,} lines; send several.")
        if len(errors) >= NAMED_ERRORS:
            break
    if errors:
        raise ValidationError({"lines": errors})
    if not lines:
        raise ValidationError("The piece holds no line.")
    return lines


def _facts(session: PushSession, whole: bytes) -> list[Fact]:
    kind = kinds()[session.kind]
    facts = [fact_of(kind, each) for _number, each in objects(whole) if not isinstance(each, Refusal)]
    seen: set[str] = set()
    for each in facts:
        if each.subject in seen:
            raise Refused(f"Two lines have the subject “{each.subject[:100]}”. Nothing is recorded.")
        seen.add(each.subject)
    return facts


def _as_of(session: PushSession, now: datetime) -> datetime:
    """The instant the session speaks for: as declared, else when it is closed. Raises Refused when a newer one is recorded already."""
    as_of = session.as_of or now
    known = Connection.objects.filter(vendor="push", name=session.name, settings__kind=session.kind).exclude(state="deleted").first()
    latest = last_as_of(known.pk) if known else None
    if latest is not None and as_of < latest:
        raise Refused(f"A newer session of this source is recorded, as of {latest:%Y-%m-%dT%H:%M:%SZ}. Nothing is recorded.")
    return as_of


def _opened(piece: PushChunk) -> bytes:
    return zlib.decompress(decrypt(scope.organization_id(), PURPOSE, bytes(piece.content)))


def _check_declared(
    name: str, kind: str, version: int, fields: Sequence[str], mode: str, fresh_days: int, expected: int, sha256: str,
    as_of: datetime | None, now: datetime,
) -> None:  # fmt: skip
    errors: dict[str, str] = {}
    if not name.strip() or len(name) > 120 or not name.isprintable():
        errors["name"] = "Name the source in at most 120 printable characters."
    fact = kinds().get(kind)
    if fact is None:
        errors["kind"] = "There is no such kind; see the list of kinds."
    elif version != fact.VERSION:
        errors["version"] = f"{kind} is at version {fact.VERSION}; write lines of that version."
    else:
        known = {each.name: each for each in fields_of(fact)}
        if unknown := sorted(set(fields) - set(known)):
            errors["fields"] = f"{kind} has no field {', '.join(unknown[:5])}; it has {', '.join(known)}."
        elif missing := [each.name for each in known.values() if each.required and each.name not in fields]:
            errors["fields"] = f"Declare {', '.join(missing)} too: no fact can be made without."
    if mode not in {key for key, _title, _meaning in MODES}:
        errors["mode"] = "snapshot (the whole list) or incremental (additions)."
    if fresh_days not in {days for days, _label in FRESHNESS}:
        errors["fresh_days"] = f"One of {', '.join(str(days) for days, _label in FRESHNESS)}."
    if not 0 <= expected <= MOST_LINES:
        errors["expected"] = f"From 0 to {MOST_LINES:,} lines."
    if not _DIGEST.fullmatch(sha256):
        errors["sha256"] = "64 lower-case hexadecimal digits."
    if as_of is not None and as_of > now:
        errors["as_of"] = "This lies in the future."
    if errors:
        raise ValidationError(errors)
