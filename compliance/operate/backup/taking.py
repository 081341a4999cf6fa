"""Taking a backup: the database in one snapshot, then every blob which that snapshot mentions.

A blob is written before the database mentions it and never changes, so blobs that are copied after the snapshot belong to it; nothing
needs to be stopped. What two people delete meanwhile is named in the manifest.
"""

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection, transaction

from compliance.operate.backup.archive import BEGUN, DUMP, DUMPED, FORMAT, LINES, MANIFEST, WANTED, Archive, Written
from compliance.operate.backup.programs import login, program
from compliance.operate.backup.recipient import read_public_key
from compliance.tenancy.postgres.creation import as_owner
from compliance.vault.store import READ, BlobMissing, Store, open_store
from compliance.version import VERSION

SAY_EVERY = 1000
SO_FAR = f"{LINES}.so_far"
NAMES = (
    "SELECT b.organization_id || '/' || substring(encode(b.digest, 'hex') FROM 1 FOR 2) || '/' || encode(b.digest, 'hex') "
    "FROM vault_blob b ORDER BY b.organization_id, b.id"
)


class CannotBackUp(RuntimeError):
    """The backup was not finished; the message says why and what to do. What is complete can be resumed."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A finished backup."""

    dump: Written
    blobs: int
    blob_bytes: int
    deleted_meanwhile: tuple[str, ...]


def take_backup(
    folder: Path, *, encrypt_to: Path | None = None, resume: bool = False, said: Callable[[str], None] = lambda _line: None
) -> Taken:
    """Back up everything into `folder`, encrypted to the public key of a PEM file if given. `resume` goes on with an unfinished one: the
    dump stays when it is complete, and only missing blobs are copied. Raises CannotBackUp, WrongKey, NoProgram, BrokenBackup."""
    archive = Archive(folder, public=read_public_key(encrypt_to) if encrypt_to else None)
    _begin(archive, resume=resume)
    names = _database(archive, said)
    lines, deleted = _blobs(archive, names, said)
    told = _lines_written(archive, lines)
    dump = Written(**json.loads((archive.folder / DUMPED).read_bytes()))
    archive.write_json(
        MANIFEST,
        {
            "blob_bytes": sum(each.size for each in lines.values()),
            "blobs": len(lines),
            "deleted_meanwhile": deleted,
            "files": {DUMP: dump.sha256, LINES: told.sha256},
            "finished_at": datetime.now(UTC).isoformat(),
            "plumbline": VERSION,
        },
    )
    for name in (DUMPED, WANTED, SO_FAR):
        (folder / name).unlink(missing_ok=True)
    return Taken(dump, len(lines), sum(each.size for each in lines.values()), tuple(deleted))


def _begin(archive: Archive, *, resume: bool) -> None:
    folder = archive.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun = archive.begun()
    if begun is None:
        if any(folder.iterdir()):
            raise CannotBackUp(f"{folder} is not empty: give a new folder.")
        content = {"begun_at": datetime.now(UTC).isoformat(), "format": FORMAT, "plumbline": VERSION, "recipient": archive.recipient}
        (folder / BEGUN).write_text(json.dumps(content, indent=1) + "\n")
        return
    if (folder / MANIFEST).exists():
        raise CannotBackUp(f"{folder} holds a finished backup: give a new folder.")
    if not resume:
        raise CannotBackUp(f"{folder} holds an unfinished backup: add --resume to finish it, or give a new folder.")
    if begun["recipient"] != archive.recipient:
        raise CannotBackUp("The unfinished backup is encrypted to another key, or to none: give the same as before.")


def _database(archive: Archive, said: Callable[[str], None]) -> list[str]:
    """Dump, unless that is complete already; the names of the blobs it mentions."""
    if (archive.folder / DUMPED).exists():
        said("the database is dumped already")
        return (archive.folder / WANTED).read_text().split()
    with as_owner(connection), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            cursor.execute(NAMES)
            names = [row[0] for row in cursor.fetchall()]
        dump = archive.write(DUMP, _dumped(snapshot))
    _write_plain(archive.folder / WANTED, "".join(f"{name}\n" for name in names))
    _write_plain(archive.folder / DUMPED, json.dumps({"sha256": dump.sha256, "size": dump.size}))
    said(f"database: {dump.size:,} bytes")
    return names


def _dumped(snapshot: str) -> Iterator[bytes]:
    """What pg_dump writes, as it writes it. Raises CannotBackUp where it fails."""
    command = [program("pg_dump"), "--enable-row-security", "--format=custom", f"--snapshot={snapshot}"]
    with subprocess.Popen(command, env=login(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        try:
            while piece := running.stdout.read(READ):
                yield piece
            complaint = running.stderr.read().decode(errors="replace").strip()
        except GeneratorExit:
            running.kill()
            raise
    if running.returncode:
        raise CannotBackUp(f"pg_dump failed: {complaint}")


def _blobs(archive: Archive, names: Sequence[str], said: Callable[[str], None]) -> tuple[dict[str, Written], list[str]]:
    lines, store, deleted = _known(archive), open_store(), []
    with (archive.folder / SO_FAR).open("a") as progress:
        for number, name in enumerate(names, start=1):
            if name not in lines:
                try:
                    lines[name] = archive.write_blob(name, store.read(name))
                except BlobMissing as error:
                    if _still_kept(store, name):
                        raise CannotBackUp(f"{name} is kept, and the store does not have it: restore it first, then --resume.") from error
                    deleted.append(name)
                    continue
                progress.write(json.dumps({"name": name, "sha256": lines[name].sha256, "size": lines[name].size}) + "\n")
                progress.flush()
            if number % SAY_EVERY == 0:
                said(f"blobs: {number:,} of {len(names):,}")
    return {name: lines[name] for name in names if name in lines}, deleted


def _known(archive: Archive) -> dict[str, Written]:
    """What an earlier attempt copied whole; a line that was cut off is copied again."""
    path, found = archive.folder / SO_FAR, {}
    for line in path.read_text().splitlines() if path.exists() else ():
        if line.endswith("}"):
            told = json.loads(line)
            found[told["name"]] = Written(told["sha256"], told["size"])
    return found


def _still_kept(store: Store, name: str) -> bool:
    organization_id, _spread, digest = name.split("/")
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("SELECT FROM vault_blob WHERE organization_id = %s AND digest = decode(%s, 'hex')", [organization_id, digest])
        return cursor.rowcount > 0 and store.size(name) is None


def _lines_written(archive: Archive, lines: dict[str, Written]) -> Written:
    rows = (json.dumps({"name": name, "sha256": each.sha256, "size": each.size}) + "\n" for name, each in lines.items())
    return archive.write(LINES, (row.encode() for row in rows))


def _write_plain(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(text)
    draft.replace(path)
