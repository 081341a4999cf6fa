"""Restoring into an empty installation: everything is read and verified before anything is written.

Blobs first, the database last and in one transaction: an interrupted restore leaves an empty database, and is started again.
"""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from compliance.operate.backup.archive import DUMP, LINES, MANIFEST, Archive, BrokenBackup, Written
from compliance.operate.backup.programs import login, program
from compliance.operate.backup.recipient import WrongKey, fingerprint, read_private_key
from compliance.tenancy.models import Organization
from compliance.tenancy.postgres.creation import as_owner
from compliance.tenancy.scope import scope
from compliance.vault.encryption import MAGIC, CannotDecrypt, key_id
from compliance.vault.selectors.blobs import BlobAltered, kept_digests, stored_bytes
from compliance.vault.store import BlobMissing, Store, open_store
from compliance.vault.streaming import STREAM_MAGIC

SAY_EVERY = 1000


class CannotRestore(RuntimeError):
    """Nothing was restored, or not all; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. `trouble`: blobs that do not decrypt to their digest."""

    organizations: int
    blobs: int
    trouble: tuple[str, ...]


def restore_backup(
    folder: Path, *, key: Path | None = None, resume: bool = False, said: Callable[[str], None] = lambda _line: None
) -> Restored:
    """Restore the backup of `folder` into this installation, whose database and store must be empty (`resume`: the store may hold blobs of
    this backup). `key` is the PEM file of the private key. Raises CannotRestore, BrokenBackup, WrongKey, CannotDecrypt, NoProgram."""
    archive = _archive(folder, key)
    manifest = archive.read_json(MANIFEST)
    store = open_store()
    _must_be_empty(store, resume=resume)
    lines = _verified(archive, manifest, said)
    for number, name in enumerate(lines, start=1):
        _put(archive, store, name)
        if number % SAY_EVERY == 0:
            said(f"blobs: {number:,} of {len(lines):,}")
    with as_owner(connection):
        _database(archive)
    said("the database is restored")
    organizations, trouble = _looked_through()
    return Restored(organizations, len(lines), trouble)


def _archive(folder: Path, key: Path | None) -> Archive:
    """Raises BrokenBackup, WrongKey."""
    begun = Archive(folder).begun()
    if begun is None:
        raise BrokenBackup(f"{folder} holds no backup.")
    if not (folder / MANIFEST).exists():
        raise BrokenBackup(f"{folder} holds an unfinished backup: finish it with backup --resume, or take another one.")
    if not begun["recipient"]:
        return Archive(folder)
    if key is None:
        raise WrongKey("The backup is encrypted: give its private key with --key.")
    private = read_private_key(key)
    if fingerprint(private.public_key()) != begun["recipient"]:
        raise WrongKey("The backup is encrypted to another key than this one: give the private key that belongs to it.")
    return Archive(folder, private=private)


def _must_be_empty(store: Store, *, resume: bool) -> None:
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0]:
            raise CannotRestore(
                "The database holds tables already. Restore before the first start, into an empty database: nothing was changed."
            )
    if not resume and next(iter(store.names()), None) is not None:
        raise CannotRestore("The blob store is not empty. Give an empty one, or --resume where an interrupted restore filled it.")


def _verified(archive: Archive, manifest: dict, said: Callable[[str], None]) -> dict[str, Written]:
    """The lines of the blobs, after every file was hashed and every key found. Raises BrokenBackup, CannotDecrypt."""
    for name in (DUMP, LINES):
        if archive.hash_of(name).sha256 != manifest["files"][name]:
            raise BrokenBackup(f"{name} of the backup was altered or cut off.")
    for _piece in archive.read(DUMP):
        pass  # decrypts to its end
    lines = archive.lines()
    if len(lines) != manifest["blobs"]:
        raise BrokenBackup(f"{LINES} names {len(lines):,} blobs and the manifest {manifest['blobs']:,}.")
    known = {key_id(secret) for secret in settings.CONFIGURATION.secret_keys}
    for number, (name, written) in enumerate(lines.items(), start=1):
        if archive.hash_of(name, blob=True) != written:
            raise BrokenBackup(f"The blob {name} of the backup was altered or cut off.")
        first = next(archive.read_blob(name), b"")
        if first[:3] not in (MAGIC, STREAM_MAGIC) or first[3:7] not in known:
            raise CannotDecrypt(
                "the backup's blobs are sealed with a key that is not among SECRET_KEYS: set the SECRET_KEYS of the installation it was "
                "taken from; nothing was restored"
            )
        if number % SAY_EVERY == 0:
            said(f"verified: {number:,} of {len(lines):,}")
    return lines


def _put(archive: Archive, store: Store, name: str) -> None:
    if store.size(name) is not None:
        return
    draft = store.draft()
    try:
        with draft.open("xb") as file:
            for piece in archive.read_blob(name):
                file.write(piece)
        store.put_file(name, draft)
    finally:
        draft.unlink(missing_ok=True)


def _database(archive: Archive) -> None:
    command = [program("pg_restore"), "--exit-on-error", "--single-transaction", f"--dbname={connection.settings_dict['NAME']}"]
    with subprocess.Popen(command, env=login(), stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        whole = False
        try:
            _poured(archive.read(DUMP), running)
            whole = True
        finally:
            if not whole:
                running.kill()  # cut off: the transaction is rolled back
        complaint = running.stderr.read().decode(errors="replace").strip()
    if running.returncode:
        raise CannotRestore(f"pg_restore failed, and the database stayed empty: {complaint}")


def _poured(chunks: Iterator[bytes], running: "subprocess.Popen[bytes]") -> None:
    try:
        for piece in chunks:
            running.stdin.write(piece)
        running.stdin.close()
    except BrokenPipeError:
        pass  # it ended early and says why


def _looked_through() -> tuple[int, tuple[str, ...]]:
    """Every blob that the database mentions is in the store and decrypts to its digest."""
    trouble = []
    organizations = list(Organization.objects.order_by("slug"))
    for organization in organizations:
        with scope(organization.pk):
            digests = list(kept_digests())
        for digest in digests:
            try:
                for _piece in stored_bytes(organization.pk, digest):
                    pass
            except (BlobMissing, BlobAltered, CannotDecrypt) as error:
                trouble.append(f"{organization.slug}: {digest.hex()}: {error}")
    return len(organizations), tuple(trouble)
