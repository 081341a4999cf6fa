"""What somebody with all rights over database and disk alters is found and named; an untouched store is clean."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from compliance.operate.models import Verification
from compliance.operate.verify_store import verifying
from compliance.operate.verify_store.verifying import verifications_due, verify_organization
from compliance.seal.digest import sha256
from compliance.seal.leaf import Leaf as LeafText
from compliance.seal.merkle import leaf_hash
from compliance.tenancy.models import Organization
from compliance.tenancy.postgres.creation import as_owner
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.models import Blob, Leaf
from compliance.vault.services.keys import rotate_log_key
from compliance.vault.services.sealing import seal_pending
from compliance.vault.store import blob_name, open_store
from compliance.work.models import Problem
from controls.services.adoption import adopt_controls
from controls.services.evaluation import evaluate_run
from evidence.models import Record, Subject
from tests.evidence.test_recording import observe, user

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def kept():
    """Fernhill with two looks at its users, judged, sealed three times, the key turned between."""
    organization = Organization.objects.create(name="Fernhill", slug="fernhill")
    with scope(organization.pk):
        adopt_controls(actor=SYSTEM, codes=["AC-07"], now=NOON)
        evaluate_run(observe(*(user(name) for name in ("ada", "ben", "cleo", "dora", "emil"))), now=NOON)
        seal_pending(now=NOON)
        rotate_log_key(actor=SYSTEM, reason="yearly", now=NOON)
        observe(user("ada", mfa=False), user("ben"), at=NOON + timedelta(hours=1))
        seal_pending(now=NOON)
        yield organization


def alter(sql, *values):
    """As a superuser would."""
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute(sql, values)


def found():
    return [(each["what"], each["where"]) for each in verify_organization().findings]


def test_an_untouched_store_is_clean_and_says_what_was_looked_at(kept):
    verification = verify_organization()
    assert verification.findings == [] and verification.ended_at is not None
    assert verification.counts["records"] == Record.objects.count() == 9
    assert verification.counts["bytes"] == Blob.objects.count()
    assert verification.counts["log"] == Leaf.objects.count()
    assert not Problem.objects.exists()


def test_a_flipped_byte_on_the_disk_is_named_by_its_object(kept):
    name = blob_name(kept.pk, bytes(Blob.objects.first().digest))
    path = open_store().folder / name
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    assert found() == [("altered", f"object {name}")]
    assert Problem.objects.get(resolved_at=None).severity == "critical"


@pytest.mark.slow
def test_a_lost_object_and_one_that_was_slipped_in_are_named(kept):
    name = blob_name(kept.pk, bytes(Blob.objects.first().digest))
    (open_store().folder / name).unlink()
    strange = blob_name(kept.pk, sha256(b"strange"))
    open_store().put(strange, b"strange")
    assert found() == [("missing", f"object {name}"), ("extra", f"object {strange}")]


@pytest.mark.slow
def test_a_changed_fact_is_named_also_when_all_its_hashes_were_changed_with_it(kept):
    record = Record.objects.filter(gone=False).first()
    fact = record.fact.replace('"mfa":true', '"mfa":false')
    assert fact != record.fact
    alter("UPDATE evidence_record SET fact = %s WHERE id = %s", fact, record.pk)
    assert found() == [("altered", f"row evidence_record {record.pk}")]
    content = sha256(bytes(record.salt) + fact.encode())
    alter("UPDATE evidence_record SET digest = %s, content_hash = %s WHERE id = %s", sha256(fact.encode()), content, record.pk)
    assert set(found()) == {
        ("altered", f"row evidence_record {record.pk}"),
        ("missing", f"row evidence_record of evidence.record {record.pk}"),
    }


@pytest.mark.slow
def test_a_deleted_record_is_named_by_its_leaf_and_by_what_points_at_it(kept):
    record = Record.objects.filter(gone=False, subject__name="cleo").get()
    alter("DELETE FROM evidence_record WHERE id = %s", record.pk)
    assert ("missing", f"row evidence_record of evidence.record {record.pk}") in found()


@pytest.mark.slow
def test_a_deleted_leaf_is_named_by_its_position(kept):
    alter("DELETE FROM vault_leaf WHERE position = 2")
    assert ("missing", "leaf 2") in found()


def test_swapped_leaves_are_named_as_a_pair(kept):
    for old, new in ((1, -1), (3, 1), (-1, 3)):
        alter("UPDATE vault_leaf SET position = %s WHERE position = %s", new, old)
    assert found() == [("altered", "leaves 1 and 3")]


@pytest.mark.slow
def test_a_leaf_at_the_end_and_one_in_the_middle_are_named_as_extra(kept):
    end = Leaf.objects.count()
    copy = "INSERT INTO vault_leaf SELECT uuidv7(), organization_id, %s, kind, ref, at, content_hash FROM vault_leaf WHERE position = 0"
    columns = "(id, organization_id, position, kind, ref, at, content_hash)"
    alter(copy.replace("vault_leaf SELECT", f"vault_leaf {columns} SELECT"), end)
    assert found() == [("extra", f"leaf {end}")]
    alter("DELETE FROM vault_leaf WHERE position = %s", end)
    alter("UPDATE vault_leaf SET position = -position - 2 WHERE position >= 2")
    alter("UPDATE vault_leaf SET position = -position - 1 WHERE position < 0")
    alter(copy.replace("vault_leaf SELECT", f"vault_leaf {columns} SELECT"), 2)
    seen = found()
    assert ("extra", f"leaf {end}") in seen and ("extra", "leaf 2") in seen


@pytest.mark.slow
def test_a_changed_checkpoint_and_a_changed_tile_are_told_apart(kept):
    size = Leaf.objects.count()
    alter("UPDATE vault_checkpoint SET root = %s WHERE size = %s", sha256(b"x"), size)
    assert ("altered", f"row vault_checkpoint of size {size}") in found()
    alter("UPDATE vault_tile SET hashes = overlay(hashes PLACING %s FROM 33) WHERE level = 0", sha256(b"x"))
    assert ("altered", "row vault_tile, level 0, number 0") in found()


@pytest.mark.slow
def test_leaves_and_tiles_rewritten_together_do_not_lead_to_what_was_signed(kept):
    leaf = Leaf.objects.get(position=1)
    alter("UPDATE vault_leaf SET at = at + interval '1 day' WHERE position = 1")
    assert ("altered", "leaf 1") in found()
    later = leaf.at + timedelta(days=1)
    changed = leaf_hash(LeafText(kind=leaf.kind, id=str(leaf.ref), time=later, hash=bytes(leaf.content_hash)).encode())
    alter("UPDATE vault_tile SET hashes = overlay(hashes PLACING %s FROM 33) WHERE level = 0", changed)
    seen = found()
    assert any(what == "altered" and where.startswith("the log before size") for what, where in seen)


@pytest.mark.slow
def test_a_changed_run_and_a_broken_link_are_named(kept):
    run = Record.objects.first().run_id
    alter("UPDATE evidence_run SET principal = 'somebody else' WHERE id = %s", run)
    assert found() == [("altered", f"row evidence_run {run}")]
    alter("UPDATE evidence_subject SET record_id = %s WHERE name = 'ada'", uuid.uuid4())
    assert ("missing", f"link of row evidence_subject {Subject.objects.get(name='ada').pk}") in found()


@pytest.mark.slow
def test_a_stopped_verification_goes_on_where_it_was_and_finds_the_same(kept, monkeypatch):
    alter("DELETE FROM vault_leaf WHERE position = 2")
    whole = found()
    stages = dict(verifying.STAGES)

    def broken(_place):
        raise KeyboardInterrupt

    monkeypatch.setattr(verifying, "STAGES", {**stages, "links": broken})
    with pytest.raises(KeyboardInterrupt):
        verify_organization()
    left = Verification.objects.get(ended_at=None)
    assert left.place.get("bytes") == "done" or left.place
    monkeypatch.setattr(verifying, "STAGES", stages)
    resumed = verify_organization(resume=True)
    assert resumed.pk == left.pk
    assert {(each["what"], each["where"]) for each in resumed.findings} == set(whole)


@pytest.mark.slow
def test_the_command_names_what_is_wrong_and_fails_and_then_is_content(kept, capsys):
    call_command("verify_store", "--organization", "fernhill")
    assert "Everything is as it was." in capsys.readouterr().out
    alter("DELETE FROM vault_leaf WHERE position = 2")
    with pytest.raises(CommandError, match="altered, missing or extra"):
        call_command("verify_store")
    assert "missing: leaf 2" in capsys.readouterr().out


@pytest.mark.slow
def test_each_organization_is_due_once_a_month(kept):
    assert verifications_due(NOON) == [kept.pk]
    verify_organization(now=lambda: NOON)
    assert verifications_due(NOON + timedelta(days=29)) == []
    assert verifications_due(NOON + timedelta(days=31)) == [kept.pk]
