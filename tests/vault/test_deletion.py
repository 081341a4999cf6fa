"""Deletion takes two people and no hold; what went leaves a tombstone, and every proof stays valid."""

import io
import json
import re
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from compliance.celery import app
from compliance.pipeline import tidy
from compliance.seal.leaf import payload_hash
from compliance.seal.note import Verifier
from compliance.seal.proof import verify_proof
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from compliance.trail.names import ActionName
from compliance.vault.models import Blob, DeletionRequest, DeletionStep, DeletionTarget, Statement, Tombstone
from compliance.vault.selectors.blobs import BlobGone, open_blob, read_blob
from compliance.vault.selectors.deletion import gone_of, organizations_with_bytes_to_remove, retention_rules, standing_of
from compliance.vault.selectors.log import log_verifier, proof_of
from compliance.vault.selectors.statements import statement_of
from compliance.vault.services.blobs import _keep_blobs
from compliance.vault.services.deletion import (
    Held,
    NotAllowed,
    Target,
    decide_deletion,
    execute_deletion,
    remove_bytes,
    request_deletion,
    withdraw_deletion,
)
from compliance.vault.services.keeping import WrongKeeping, lift_hold, place_hold, set_retention
from compliance.vault.services.sealing import seal_pending
from compliance.vault.services.statements import _state
from compliance.vault.services.streams import store_file
from compliance.vault.store import FolderStore, HeldByLock, blob_name, open_store
from tests.conftest import actor_of

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAST = NOW - timedelta(days=1)
EXECUTE = "SELECT * FROM plumbline_execute_deletion(%s, %s, %s)"
REPORT = b"Penetration test of March\n" * 2000


@pytest.fixture
def kept(fernhill, arrange):
    """A report in the store, and a statement beside it, both sealed in the log."""
    with scope(fernhill.pk):
        stored = store_file(io.BytesIO(REPORT), limit=10**6)
    ref = uuid.uuid4()
    with arrange(fernhill):
        _keep_blobs({stored.digest: stored.size}, "application/pdf")
        _state("item", ref, NOW, {"title": "Report of ada"})
    with scope(fernhill.pk):
        seal_pending(now=NOW)
        return stored, Blob.objects.get(), statement_of(ref)


def asked(fernhill, by, targets, purpose="expiry"):
    with scope(fernhill.pk, by.pk):
        return request_deletion(
            actor=actor_of(by), purpose=purpose, title="Report of March", reason="Kept long enough", targets=targets, now=NOW
        )


def decided(fernhill, by, request, approve=True):
    with scope(fernhill.pk, by.pk):
        decide_deletion(actor=actor_of(by), request=request, approve=approve, note="Looked at the list", now=NOW)


def executed(fernhill, by, request):
    with scope(fernhill.pk, by.pk):
        return execute_deletion(actor=actor_of(by), request=request, now=NOW)


@contextmanager
def trying(organization, user, refused):
    """What the application itself tries, within an action, and what the database says to it."""
    with scope(organization.pk, user.pk), pytest.raises(DatabaseError, match=refused), action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        yield


def run_sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


def both(kept):
    _stored, blob, statement = kept
    return [Target("blob", blob.pk, PAST, (uuid.UUID(int=7),)), Target("statement", statement.pk, PAST)]


def test_what_two_people_decided_goes_and_leaves_a_tombstone(fernhill, priya, marta, kept):
    stored, blob, statement = kept
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)
    assert executed(fernhill, marta, request) == {"blob": 1, "statement": 1}
    with scope(fernhill.pk):
        with pytest.raises(BlobGone, match="deleted on .*: Report of March"):
            read_blob(stored.digest)
        again = Statement.objects.get(pk=statement.pk)
        assert (again.salt, again.payload, bytes(again.content_hash)) == (None, None, bytes(statement.content_hash))
        assert gone_of(blob.pk).title == gone_of(statement.pk).title == "Report of March"
        assert not Blob.objects.exists()
        assert not Tombstone.objects.filter(pending_digest__isnull=False).exists()
        assert bytes.fromhex(stored.digest) not in [bytes(each.address) for each in Tombstone.objects.filter(kind="blob")]
        assert standing_of(request) == "executed"
    assert open_store().size(blob_name(fernhill.pk, bytes.fromhex(stored.digest))) is None


def test_proofs_of_what_went_and_of_its_neighbours_stay_valid(fernhill, priya, marta, kept):
    _stored, blob, statement = kept
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)
    executed(fernhill, marta, request)
    with scope(fernhill.pk):
        seal_pending(now=NOW)
        verifier = Verifier.from_vkey(log_verifier())
        for ref in (blob.pk, statement.ref, request.pk):
            leaf, proof = proof_of(ref)
            verify_proof(proof.encode(), leaf, [verifier], verifier.name)
        told = Statement.objects.get(ref=request.pk, kind="shredding")
        said = json.loads(told.payload)
        assert bytes(told.content_hash) == payload_hash(bytes(told.salt), told.payload.encode())
        assert said["requested_by"] == "Priya Natarajan" and said["approved_by"] == "Marta Lindqvist"
        assert said["gone"] == {"blob": [str(blob.pk)], "statement": [str(statement.pk)]}
        assert not re.search(r"\bada\b", told.payload)  # an id may well hold these three letters


def test_whoever_asks_does_not_decide(fernhill, priya, kept):
    request = asked(fernhill, priya, both(kept))
    with pytest.raises(NotAllowed, match="a second person must"):
        decided(fernhill, priya, request)


def test_the_database_itself_refuses_that_the_same_person_approves(fernhill, priya, kept):
    request = asked(fernhill, priya, both(kept))
    with trying(fernhill, priya, "does not decide it"):
        DeletionStep.objects.create(request=request, step="approved", at=NOW, by_id=priya.pk, by="Priya")


def test_the_database_itself_refuses_somebody_elses_name(fernhill, priya, marta, kept):
    request = asked(fernhill, priya, both(kept))
    with trying(fernhill, priya, "by who is signed in"):
        DeletionStep.objects.create(request=request, step="approved", at=NOW, by_id=marta.pk, by="Marta")
    with trying(fernhill, priya, "by who is signed in"):
        DeletionRequest.objects.create(
            purpose="expiry", title="x", reason="x", requested_at=NOW, requested_by_id=marta.pk, requested_by="Marta"
        )


@pytest.mark.parametrize("step", [None, "refused", "withdrawn"])
def test_nothing_goes_without_approval(fernhill, priya, marta, kept, step):
    stored, _blob, _statement = kept
    request = asked(fernhill, priya, both(kept))
    if step == "refused":
        decided(fernhill, marta, request, approve=False)
    if step == "withdrawn":
        with scope(fernhill.pk, priya.pk):
            withdraw_deletion(actor=actor_of(priya), request=request, now=NOW)
        with pytest.raises(NotAllowed, match="withdrawn already"):
            decided(fernhill, marta, request)
    with pytest.raises(NotAllowed):
        executed(fernhill, marta, request)
    with trying(fernhill, marta, "not approved by a second person"):
        run_sql(EXECUTE, request.pk, marta.pk, "Marta")
    with scope(fernhill.pk):
        assert read_blob(stored.digest) == REPORT and not Tombstone.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE vault_statement SET payload = NULL",
        "DELETE FROM vault_blob",
        "DELETE FROM vault_deletiontarget",
        "UPDATE vault_deletionrequest SET requested_by_id = gen_random_uuid()",
        "UPDATE vault_tombstone SET pending_digest = NULL",
        "SELECT plumbline_clear_statement(organization_id, ARRAY[id], id) FROM vault_statement",
        "INSERT INTO vault_tombstone (id, organization_id, kind, ref, request_id, at) "
        "SELECT uuidv7(), organization_id, 'blob', id, id, now() FROM vault_blob",
        "INSERT INTO vault_deletionstep (id, organization_id, request_id, step, at, by_id, by, note) "
        "SELECT uuidv7(), organization_id, id, 'executed', now(), NULL, 'x', '' FROM vault_deletionrequest",
    ],
)
def test_the_application_cannot_do_it_itself(fernhill, priya, kept, statement):
    asked(fernhill, priya, both(kept))
    with trying(fernhill, priya, "permission denied|only plumbline_execute_deletion|by plumbline_execute_deletion only"):
        run_sql(statement)


def test_outside_an_action_even_an_approved_deletion_is_refused(fernhill, priya, marta, kept):
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)
    with scope(fernhill.pk, marta.pk), pytest.raises(DatabaseError, match="outside an action"):
        run_sql(EXECUTE, request.pk, marta.pk, "Marta")


def test_nothing_is_added_to_a_request_that_is_decided(fernhill, priya, marta, kept):
    _stored, blob, statement = kept
    request = asked(fernhill, priya, [Target("blob", blob.pk, PAST)])
    decided(fernhill, marta, request)
    with trying(fernhill, priya, "ask anew"):
        DeletionTarget.objects.create(request=request, kind="statement", target_id=statement.pk)


def test_it_is_done_once(fernhill, priya, marta, kept):
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)
    executed(fernhill, marta, request)
    with pytest.raises(NotAllowed, match="It is executed"):
        executed(fernhill, marta, request)


@pytest.mark.parametrize("covers", [{}, {"kind": "blob"}, {"about_id": uuid.UUID(int=7)}])
def test_a_hold_beats_an_approved_deletion_until_it_is_lifted(fernhill, priya, marta, kept, covers):
    stored, _blob, _statement = kept
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)
    with scope(fernhill.pk, marta.pk):
        hold = place_hold(actor=actor_of(marta), name="Case 12", reason="Litigation", now=NOW, **covers)
    with pytest.raises(Held, match="Case 12"):
        executed(fernhill, marta, request)
    with trying(fernhill, marta, "a legal hold covers"):
        run_sql(EXECUTE, request.pk, marta.pk, "Marta")
    with scope(fernhill.pk, marta.pk):
        assert read_blob(stored.digest) == REPORT
        lift_hold(actor=actor_of(marta), hold=hold, reason="Settled", now=NOW)
        with pytest.raises(WrongKeeping, match="lifted already"):
            lift_hold(actor=actor_of(marta), hold=hold, reason="Settled", now=NOW)
    assert executed(fernhill, marta, request) == {"blob": 1, "statement": 1}


def test_a_hold_on_something_else_does_not_matter(fernhill, priya, marta, kept):
    with scope(fernhill.pk, marta.pk):
        place_hold(actor=actor_of(marta), name="Other case", reason="Litigation", now=NOW, about_id=uuid.uuid4())
        place_hold(actor=actor_of(marta), name="Records", reason="Litigation", now=NOW, kind="record")
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)
    assert executed(fernhill, marta, request)


def test_what_is_held_cannot_even_be_asked_for(fernhill, priya, marta, kept):
    with scope(fernhill.pk, marta.pk):
        place_hold(actor=actor_of(marta), name="Case 12", reason="Litigation", now=NOW)
    with pytest.raises(Held):
        asked(fernhill, priya, both(kept))
    with scope(fernhill.pk):
        assert not DeletionRequest.objects.exists()


def test_before_its_time_only_personal_data_goes(fernhill, priya, marta, kept):
    _stored, blob, _statement = kept
    early = [Target("blob", blob.pk, NOW + timedelta(days=1))]
    for targets in (early, [Target("blob", blob.pk)]):
        with pytest.raises(WrongKeeping, match="Retention has not ended"):
            asked(fernhill, priya, targets)
    request = asked(fernhill, priya, early, purpose="erasure")
    decided(fernhill, marta, request)
    assert executed(fernhill, marta, request) == {"blob": 1}


def test_the_lock_of_the_store_is_asked_first_and_nothing_goes(fernhill, priya, marta, kept, monkeypatch):
    stored, _blob, statement = kept
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)

    def locked(_store, name):
        raise HeldByLock(f"{name} is locked in mode COMPLIANCE until 2040-01-01")

    monkeypatch.setattr(FolderStore, "may_remove", locked)
    with pytest.raises(Held, match="nothing was deleted: .* until 2040-01-01"):
        executed(fernhill, marta, request)
    with scope(fernhill.pk):
        assert read_blob(stored.digest) == REPORT and Statement.objects.get(pk=statement.pk).payload
        assert standing_of(request) == "approved", "it can be executed when the lock ends"


def test_bytes_that_a_crash_left_in_the_store_are_removed_later(fernhill, priya, marta, kept, monkeypatch):
    stored, _blob, _statement = kept
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)
    with monkeypatch.context() as patched:

        def broken(_store, name):
            raise OSError("the disk is away")

        patched.setattr(FolderStore, "remove", broken)
        with pytest.raises(OSError, match="the disk is away"):
            executed(fernhill, marta, request)
    name = blob_name(fernhill.pk, bytes.fromhex(stored.digest))
    assert open_store().size(name)
    assert organizations_with_bytes_to_remove() == [fernhill.pk]
    said = io.StringIO()
    call_command("finish_deletions", stdout=said)
    assert said.getvalue() == "1 objects removed\n"
    assert open_store().size(name) is None and not organizations_with_bytes_to_remove()


@pytest.fixture
def at_once():
    """Whatever is rung for is done at once, in this process."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def test_the_hour_rings_for_bytes_that_were_left_and_removes_them(fernhill, brackwater, priya, marta, kept, at_once, monkeypatch):
    assert [each["schedule"].run_every for each in app.conf.beat_schedule.values() if each["task"] == tidy.name] == [timedelta(hours=1)]
    stored, _blob, _statement = kept
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)
    with monkeypatch.context() as patched:
        patched.setattr(FolderStore, "remove", lambda _store, _name: (_ for _ in ()).throw(OSError("the disk is away")))
        with pytest.raises(OSError, match="the disk is away"):
            executed(fernhill, marta, request)
    tidy()
    assert open_store().size(blob_name(fernhill.pk, bytes.fromhex(stored.digest))) is None
    assert not organizations_with_bytes_to_remove()
    tidy()
    with scope(fernhill.pk):
        assert Entry.objects.filter(name=ActionName.DELETION_BYTES_REMOVED).count() == 1
    with scope(brackwater.pk):
        assert not Entry.objects.filter(name=ActionName.DELETION_BYTES_REMOVED).exists()


def test_bytes_that_are_kept_anew_meanwhile_stay(fernhill, priya, marta, kept, arrange, monkeypatch):
    stored, _blob, _statement = kept
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)
    monkeypatch.setattr("compliance.vault.services.deletion.remove_bytes", lambda **_given: 0)
    executed(fernhill, marta, request)
    with arrange(fernhill):
        _keep_blobs({stored.digest: stored.size}, "application/pdf")
    with scope(fernhill.pk):
        remove_bytes(actor=SYSTEM)
        assert b"".join(open_blob(stored.digest)) == REPORT


def test_another_organizations_request_does_not_exist_here(fernhill, brackwater, priya, marta, rival, kept):
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)
    with trying(brackwater, rival, "not approved by a second person"):
        run_sql(EXECUTE, request.pk, rival.pk, "Ruth")


def test_each_step_is_on_the_trail(fernhill, priya, marta, kept):
    request = asked(fernhill, priya, both(kept))
    decided(fernhill, marta, request)
    executed(fernhill, marta, request)
    with scope(fernhill.pk):
        told = list(Entry.objects.filter(name__startswith="deletion.").order_by("id").values_list("name", "actor_name"))
    assert told == [
        ("deletion.requested", "Priya Natarajan"), ("deletion.approved", "Marta Lindqvist"), ("deletion.executed", "Marta Lindqvist"),
        ("deletion.bytes_removed", "Marta Lindqvist"),
    ]  # fmt: skip


def test_a_rule_is_set_changed_and_taken_away_with_its_reason(fernhill, marta):
    with scope(fernhill.pk, marta.pk):
        for years in (10, 12):
            set_retention(actor=actor_of(marta), kind="item", years=years, reason="Contract", now=NOW)
        assert list(fernhill_rules()) == [("item", 12)]
        for wrong in (0, 101):
            with pytest.raises(WrongKeeping, match="from 1 to 100"):
                set_retention(actor=actor_of(marta), years=wrong, reason="Contract", now=NOW)
        with pytest.raises(WrongKeeping, match="Say why"):
            set_retention(actor=actor_of(marta), years=3, reason=" ", now=NOW)
        set_retention(actor=actor_of(marta), kind="item", years=None, reason="Contract ended", now=NOW)
        assert not list(fernhill_rules())
        assert Entry.objects.filter(name="retention.changed").count() == 3


def fernhill_rules():
    return ((each.kind, each.years) for each in retention_rules())
