"""A file on its way to facts: brought, looked at, mapped, recorded or thrown away. Nothing is ever half imported."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError

from compliance.tenancy import scope
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.encryption import decrypt, encrypt
from compliance.vault.services.blobs import _keep_blobs, store_bytes
from evidence.readings import CallMade
from integrations.fed import FRESHNESS, MODES, POLICIES
from integrations.importing.kinds import kinds
from integrations.importing.mapping import ColumnMap, check_map, load_map, suggest
from integrations.importing.reading import FINDINGS, FORMS, Look, changed, load_look, look_at, table_of
from integrations.importing.refusals import Unreadable
from integrations.importing.rows import Outcome, facts_of
from integrations.models import Connection, ImportedFile, KeptMapping
from integrations.selectors.imports import last_as_of
from integrations.services.feeding import _connection_of, record_facts

PURPOSE = "imported file"
KEPT_REFUSALS = 1000
NAMED_LINES = 20
TRIED_AGAIN = timedelta(minutes=10)  # after which a recording that did not end counts as dead
DRAFTS = 50


def upload_file(
    *, actor: Actor, name: str, kind: str, mode: str, fresh_days: int, filename: str, data: bytes, zone: str, now: datetime,
    kept: KeptMapping | None = None,
) -> ImportedFile:  # fmt: skip
    """A draft: how the file is read and which column becomes what are suggested; nothing is evidence yet. Raises ValidationError."""
    _check_source(name, kind, mode, fresh_days)
    try:
        look = look_at(data)
        if look.form in FINDINGS:
            if kind != "vulnerability":
                raise Unreadable(f"This is {FORMS[look.form]}: choose the kind “Vulnerability” for it.")
            FINDINGS[look.form](data)
            columns, given = (), None
        else:
            table = table_of(data, look)
            columns = table.columns
            given = suggest(kinds()[kind], table, zone, load_map(kept.column_map) if kept else None)
    except Unreadable as error:
        raise ValidationError({"file": str(error)}) from error
    if ImportedFile.objects.filter(state="draft").count() >= DRAFTS:
        raise ValidationError(f"{DRAFTS} files wait to be recorded. Record or discard some first.")
    with action(ActionName.IMPORT_UPLOADED, actor=actor, subject_name=filename, detail={"kind": kind, "source": name}):
        return ImportedFile.objects.create(
            name=name.strip(), kind=kind, mode=mode, fresh_days=fresh_days, filename=_plain_name(filename),
            sha256=hashlib.sha256(data).hexdigest(), size=len(data), content=_sealed(data), look=look.plain(), columns=list(columns),
            column_map=given.plain() if given else None, uploaded_by=actor.name, uploaded_at=now,
        )  # fmt: skip


def read_differently(*, actor: Actor, imported: ImportedFile, given: Mapping[str, str], zone: str) -> None:
    """Another encoding, delimiter, sheet or header line; the mapping is suggested anew where the columns became others. Raises
    ValidationError."""
    _still_draft(imported)
    try:
        look = changed(load_look(imported.look), given)
        table = table_of(content_of(imported), look)
    except Unreadable as error:
        raise ValidationError(str(error)) from error
    with action(ActionName.IMPORT_MAPPED, actor=actor, subject=imported, detail={"look": look.plain()}):
        if list(table.columns) != imported.columns:
            imported.column_map = suggest(kinds()[imported.kind], table, zone, load_map(imported.column_map or {"zone": zone})).plain()
        imported.look, imported.columns = look.plain(), list(table.columns)
        imported.save(update_fields=["look", "columns", "column_map"])


def map_columns(*, actor: Actor, imported: ImportedFile, given: ColumnMap, keep_as: str = "", now: datetime) -> None:
    """Decide the mapping; with `keep_as` it is kept under that name for the next file of the kind. Raises ValidationError."""
    _still_draft(imported)
    try:
        check_map(kinds()[imported.kind], given, imported.columns)
    except Unreadable as error:
        raise ValidationError(str(error)) from error
    name = keep_as.replace("\x00", "").strip()
    if len(name) > 80:
        raise ValidationError("The mapping's name is too long; use at most 80 characters.")
    with action(ActionName.MAPPING_KEPT if name else ActionName.IMPORT_MAPPED, actor=actor, subject=imported, detail={"kept_as": name}):
        imported.column_map = given.plain()
        imported.save(update_fields=["column_map"])
        if name:
            KeptMapping.objects.update_or_create(
                kind=imported.kind, name=name, defaults={"column_map": given.plain(), "kept_by": actor.name, "kept_at": now}
            )


def remove_mapping(*, actor: Actor, kept: KeptMapping) -> None:
    """Forget a kept mapping; files that were read with it stay as they are."""
    with action(ActionName.MAPPING_REMOVED, actor=actor, subject=kept):
        kept.delete()


def outcome_of(imported: ImportedFile) -> Outcome:
    """What the draft would come to now: facts with their lines, and rows refused with the reason. Raises ValidationError."""
    data, look = content_of(imported), load_look(imported.look)
    try:
        if look.form in FINDINGS:
            return FINDINGS[look.form](data)
        given = load_map(imported.column_map or {})
        check_map(kinds()[imported.kind], given, imported.columns)
        return facts_of(kinds()[imported.kind], table_of(data, look), given)
    except Unreadable as error:
        raise ValidationError(str(error)) from error


def record_import(*, actor: Actor, imported: ImportedFile, as_of: datetime, policy: str, now: datetime) -> ImportedFile:
    """Record the draft as one run, judged by the next worker that looks. Raises ValidationError, with nothing recorded."""
    if policy not in {key for key, _title, _meaning in POLICIES}:
        raise ValidationError({"policy": "Choose what happens to a file with refused rows."})
    _check_as_of(imported, as_of, now)
    outcome = outcome_of(imported)
    if outcome.refused and policy == "all":
        where = ", ".join(str(each.line) for each in outcome.refused[:NAMED_LINES])
        raise ValidationError(
            {"policy": f"{len(outcome.refused):,} rows are refused (lines {where}), and you chose to take all or nothing."}
        )
    if not outcome.facts:
        raise ValidationError("No row can be taken, so that there is nothing to record.")
    data = content_of(imported)
    sizes = store_bytes({imported.sha256: data})
    with action(ActionName.IMPORT_ACCEPTED, actor=actor, subject=imported, detail=_said(imported, outcome, as_of, policy)):
        locked = ImportedFile.objects.select_for_update().get(pk=imported.pk)
        dead = locked.state == "recording" and locked.recording_at is not None and locked.recording_at < now - TRIED_AGAIN
        if locked.state != "draft" and not dead:
            raise ValidationError("This file is being recorded, or was recorded or discarded already.")
        connection = _connection_of(
            vendor="file", name=locked.name, kind=locked.kind, mode=locked.mode, fresh_days=locked.fresh_days, now=now
        )
        _keep_blobs(sizes, "application/octet-stream")
        locked.connection, locked.state, locked.recording_at = connection, "recording", now
        locked.save(update_fields=["connection", "state", "recording_at"])
    return _recorded(actor, locked, connection, outcome, data, as_of, policy, now)


def _recorded(
    actor: Actor, imported: ImportedFile, connection: Connection, outcome: Outcome, data: bytes, as_of: datetime, policy: str, now: datetime
) -> ImportedFile:
    refused = f"{len(outcome.refused):,} of {outcome.total:,} rows were refused" if outcome.refused else ""
    call = CallMade(
        operation="file", parameters=_said(imported, outcome, as_of, policy), partition="", page=1, rows=len(outcome.facts),
        total=outcome.total, more=False, status=200, started_at=imported.uploaded_at, finished_at=now, vendor_time=as_of, request_id="",
        sha256=imported.sha256, size=imported.size, quota_limit=None, quota_remaining=None, not_modified=False, fault=refused,
    )  # fmt: skip
    run = record_facts(
        actor=actor, connection=connection, facts=[each for _line, each in outcome.facts], pages={imported.sha256: data}, as_of=as_of,
        expected=outcome.total - outcome.repeated, refused=refused, call=call, now=now,
    )  # fmt: skip
    with action(ActionName.IMPORT_RECORDED, actor=actor, subject=imported, detail={"run": str(run.pk)}):
        imported.state, imported.content, imported.run_id = "recorded", None, run.pk
        imported.as_of, imported.policy, imported.recorded_by = as_of, policy, actor.name
        imported.rows, imported.refused, imported.repeated = len(outcome.facts), len(outcome.refused), outcome.repeated
        imported.refusals = [asdict(each) for each in outcome.refused[:KEPT_REFUSALS]]
        imported.save()
    return imported


def discard_import(*, actor: Actor, imported: ImportedFile) -> None:
    """Throw a draft away; its content is destroyed."""
    _still_draft(imported)
    with action(ActionName.IMPORT_DISCARDED, actor=actor, subject=imported):
        imported.state, imported.content = "discarded", None
        imported.save(update_fields=["state", "content"])


def content_of(imported: ImportedFile) -> bytes:
    """The bytes of a draft. Raises ValidationError when it is none any more."""
    sealed = ImportedFile.objects.filter(pk=imported.pk).values_list("content", flat=True).first()
    if sealed is None:
        raise ValidationError("This file was recorded or discarded already.")
    return zlib.decompress(decrypt(scope.organization_id(), PURPOSE, bytes(sealed)))


def look_of(imported: ImportedFile) -> Look:
    """How it is read."""
    return load_look(imported.look)


def _sealed(data: bytes) -> bytes:
    return encrypt(scope.organization_id(), PURPOSE, zlib.compress(data, 1))


def _plain_name(filename: str) -> str:
    """The last part of a file's name, without control characters."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:200] or "file"


def _check_source(name: str, kind: str, mode: str, fresh_days: int) -> None:
    errors: dict[str, str] = {}
    if not name.strip() or len(name) > 120 or not name.isprintable():
        errors["name"] = "Name the list as your colleagues call it, in at most 120 characters."
    if kind not in kinds():
        errors["kind"] = "Choose what the rows are."
    if mode not in {key for key, _title, _meaning in MODES}:
        errors["mode"] = "Say whether the file is the whole list or an addition."
    if fresh_days not in {days for days, _label in FRESHNESS}:
        errors["fresh_days"] = "Choose how often a new list comes."
    if errors:
        raise ValidationError(errors)


def _still_draft(imported: ImportedFile) -> None:
    if imported.state != "draft":
        raise ValidationError(f"This file is {imported.state}; bring it again to read it differently.")


def _check_as_of(imported: ImportedFile, as_of: datetime, now: datetime) -> None:
    if as_of > now:
        raise ValidationError({"as_of": "This lies in the future. A list cannot speak for what has not happened yet."})
    known = Connection.objects.filter(vendor="file", name=imported.name, settings__kind=imported.kind).exclude(state="deleted").first()
    latest = last_as_of(known.pk) if known else None
    if latest is not None and as_of < latest:
        raise ValidationError(
            {"as_of": f"A newer list of this source is recorded, as of {latest:%Y-%m-%d %H:%M} UTC. An older one would undo it."}
        )
    if as_of.year < 1990:
        raise ValidationError({"as_of": "Give the day for which the list speaks."})


def _said(imported: ImportedFile, outcome: Outcome, as_of: datetime, policy: str) -> dict[str, object]:
    """What the ledger and the trail say of the file."""
    return {
        "file": imported.filename, "sha256": imported.sha256, "form": imported.look.get("form", ""), "kind": imported.kind,
        "as_of": as_of.isoformat(), "mode": imported.mode, "policy": policy, "uploaded_by": imported.uploaded_by, "rows": outcome.total,
        "taken": len(outcome.facts), "refused": len(outcome.refused), "repeated": outcome.repeated,
        "refused_lines": [each.line for each in outcome.refused[:NAMED_LINES]], "mapping": imported.column_map or {},
    }  # fmt: skip
