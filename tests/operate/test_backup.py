"""`backup` and `restore`: what comes back is what was there, or nothing, with the reason."""

import io
import json
import subprocess
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from compliance.operate.backup.archive import Archive
from compliance.operate.scale.history import look
from compliance.operate.scale.population import Population
from compliance.tenancy.models import Organization
from compliance.tenancy.postgres.creation import as_owner
from compliance.tenancy.scope import scope
from compliance.vault.selectors.blobs import read_blob
from compliance.vault.selectors.log import log_state, log_verifier
from compliance.vault.services.blobs import _keep_blobs
from compliance.vault.services.sealing import seal_pending
from compliance.vault.services.streams import store_file
from compliance.vault.store import FolderStore, store_at
from evidence.models import Record

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
REPORT = b"Penetration test of March\n" * 20_000


@pytest.fixture
def furnished(settings, tmp_path, arrange):
    """Fernhill with records, a raw page, a report and a sealed log, its blobs in a folder of this test."""
    settings.CONFIGURATION = replace(settings.CONFIGURATION, blob_store_url=(tmp_path / "blobs").as_uri())
    organization = Organization.objects.create(name="Fernhill", slug="fernhill", time_zone="Europe/Berlin")
    with scope(organization.pk):
        look(Population(3, NOW), uuid.uuid4(), NOW, evaluate=False)
        stored = store_file(io.BytesIO(REPORT), limit=10**7)
    with arrange(organization):
        _keep_blobs({stored.digest: stored.size}, "application/pdf")
    with scope(organization.pk):
        seal_pending(now=NOW)
    yield organization, stored.digest
    store_at.cache_clear()


@contextmanager
def empty_installation(settings, folder):
    """An empty database and an empty store, as a new machine has them; afterwards the test's own again."""
    configuration, name = settings.CONFIGURATION, connection.settings_dict["NAME"]
    other = f"restored_{uuid.uuid4().hex[:12]}"
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {other}")
    connection.close()
    connection.settings_dict["NAME"] = other
    settings.CONFIGURATION = replace(configuration, blob_store_url=folder.as_uri())
    try:
        yield other
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        settings.CONFIGURATION = configuration
        with as_owner(connection), connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {other} WITH (FORCE)")


def run(name, *arguments):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(name, *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), ""


def seen(slug="fernhill"):
    organization = Organization.objects.get(slug=slug)
    with scope(organization.pk):
        records = sorted((str(each.pk), each.fact, bytes(each.content_hash).hex()) for each in Record.objects.all())
        return records, log_state(), log_verifier()


def keys(folder, name="backup"):
    private, public = folder / f"{name}.key", folder / f"{name}.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "X25519", "-out", private], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    return private, public


def test_it_comes_back_whole_from_an_encrypted_backup(furnished, settings, tmp_path):
    _organization, report = furnished
    private, public = keys(tmp_path)
    folder = tmp_path / "backup"
    before = seen()
    said, wrong = run("backup", folder, "--encrypt-to", public)
    assert not wrong and "2 blobs" in said
    lying = [path for path in folder.rglob("*") if path.is_file()]
    assert len(lying) == 6 and all(path.name == "begun.json" or path.read_bytes().startswith(b"PLB1") for path in lying)
    assert not any(b"Fernhill" in path.read_bytes() or b"fernhill" in path.read_bytes() for path in lying)
    with empty_installation(settings, tmp_path / "new"):
        for key, reason in (((), "give its private key"), (("--key", keys(tmp_path, "other")[0]), "encrypted to another key")):
            assert reason in run("restore", folder, *key)[1]
        said, wrong = run("restore", folder, "--key", private)
        assert not wrong and "1 organizations, 2 blobs, each decrypted and hashed" in said
        assert seen() == before
        with scope(Organization.objects.get().pk):
            assert read_blob(report) == REPORT
        assert "holds tables already" in run("restore", folder, "--key", private)[1]
        assert seen() == before


def test_the_restored_installation_passes_verify_store(furnished, settings, tmp_path):
    run("backup", tmp_path / "backup")
    with empty_installation(settings, tmp_path / "new"):
        assert run("restore", tmp_path / "backup")[1] == ""
        said, wrong = run("verify_store")
        assert not wrong, said + wrong


def test_without_the_secret_keys_of_then_nothing_is_restored(furnished, settings, tmp_path):
    run("backup", tmp_path / "backup")
    with empty_installation(settings, tmp_path / "new") as other:
        settings.CONFIGURATION = replace(settings.CONFIGURATION, secret_keys=("another key of forty characters 01234567",))
        assert "not among SECRET_KEYS" in run("restore", tmp_path / "backup")[1]
        assert tables(other) == 0 and not list(FolderStore(tmp_path / "new").names())


def tables(database):
    with as_owner(connection):
        settings = connection.settings_dict
        with psycopg2.connect(
            dbname=database, host=settings["HOST"], port=settings["PORT"] or None, user=settings["USER"], password=settings["PASSWORD"]
        ) as own, own.cursor() as cursor:  # fmt: skip
            cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            return cursor.fetchone()[0]


def damaged(folder, name, how):
    path = next(folder.rglob(name))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] if how == "cut off" else data[:-1] + bytes([data[-1] ^ 1]))
    return path.name


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_damaged_backup_is_refused_before_anything_is_written(furnished, settings, tmp_path, encrypted):
    _organization, report = furnished
    private, public = keys(tmp_path)
    given = ("--key", private) if encrypted else ()
    for number, (name, how) in enumerate(
        [("database.dump", "cut off"), ("database.dump", "flipped"), (report, "cut off"), (report, "flipped"), ("blobs.jsonl", "cut off")]
    ):
        folder = tmp_path / f"backup{number}"
        assert run("backup", folder, *(("--encrypt-to", public) if encrypted else ()))[1] == ""
        damaged(folder, name, how)
        with empty_installation(settings, tmp_path / "new") as other:
            wrong = run("restore", folder, *given)[1]
            assert name in wrong and "altered or cut off" in wrong
            assert tables(other) == 0 and not list(FolderStore(tmp_path / "new").names())
    folder = tmp_path / "unfinished"
    run("backup", folder)
    (folder / "manifest.json").unlink()
    with empty_installation(settings, tmp_path / "new"):
        assert "holds an unfinished backup" in run("restore", folder)[1]
        assert "holds no backup" in run("restore", tmp_path)[1]


def test_an_interrupted_backup_is_resumed_and_its_dump_stays(furnished, settings, tmp_path, monkeypatch):
    folder = tmp_path / "backup"
    with monkeypatch.context() as patched:
        write_blob, written = Archive.write_blob, []

        def first_only(archive, name, chunks):
            if written:
                raise OSError("No space left on device")
            written.append(name)
            return write_blob(archive, name, chunks)

        patched.setattr(Archive, "write_blob", first_only)
        assert "No space left" in run("backup", folder)[1]
    dump = (folder / "database.dump").stat()
    assert "add --resume" in run("backup", folder)[1]
    with (folder / "blobs.jsonl.so_far").open("a") as file:
        file.write('{"name": "cut o')
    said, wrong = run("backup", folder, "--resume")
    assert not wrong and "dumped already" in said and "2 blobs" in said
    assert (folder / "database.dump").stat().st_mtime_ns == dump.st_mtime_ns
    assert sorted(path.name for path in folder.iterdir()) == ["begun.json", "blobs", "blobs.jsonl", "database.dump", "manifest.json"]
    assert "holds a finished backup" in run("backup", folder, "--resume")[1]
    before = seen()
    with empty_installation(settings, tmp_path / "new"):
        assert run("restore", folder)[1] == "" and seen() == before


def test_an_interrupted_restore_is_resumed(furnished, settings, tmp_path, monkeypatch):
    folder, before = tmp_path / "backup", seen()
    run("backup", folder)
    with empty_installation(settings, tmp_path / "new") as other:
        with monkeypatch.context() as patched:
            patched.setattr("compliance.operate.backup.restoring.program", lambda _name: "/bin/false")
            assert "the database stayed empty" in run("restore", folder)[1]
        assert tables(other) == 0
        assert "blob store is not empty" in run("restore", folder)[1]
        assert run("restore", folder, "--resume")[1] == ""
        assert seen() == before


def test_a_kept_blob_that_the_store_lost_stops_the_backup_and_is_named(furnished, settings, tmp_path):
    _organization, report = furnished
    store = store_at(settings.CONFIGURATION.blob_store_url)
    (name,) = [each for each in store.names() if each.endswith(report)]
    data = store.get(name)
    store.remove(name)
    wrong = run("backup", tmp_path / "backup")[1]
    assert name in wrong and "the store does not have it" in wrong
    store.put(name, data)
    assert run("backup", tmp_path / "backup", "--resume")[1] == ""
    assert json.loads((tmp_path / "backup" / "manifest.json").read_text())["blobs"] == 2


def test_wrong_places_and_keys_are_refused(furnished, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    assert "is not empty" in run("backup", tmp_path / "full")[1]
    (tmp_path / "rsa.pub").write_text("no key")
    assert "holds no public key" in run("backup", tmp_path / "backup", "--encrypt-to", tmp_path / "rsa.pub")[1]
    assert not (tmp_path / "backup").exists()
