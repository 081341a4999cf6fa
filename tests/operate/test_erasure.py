"""A person's data goes from everywhere it was observed, as two people decided, and the log stays verifiable."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from compliance.operate.keeping.asking import ask_for_erasure, ask_for_expiry, carry_out
from compliance.operate.keeping.targets import expired_targets, period_ends
from compliance.quality.integrity import evidence_sample
from compliance.seal.note import Verifier
from compliance.seal.proof import verify_proof
from compliance.tenancy.postgres.creation import as_owner
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.models import Statement
from compliance.vault.selectors.blobs import BlobGone, read_blob
from compliance.vault.selectors.log import log_verifier, proof_of
from compliance.vault.services.blobs import digest_of
from compliance.vault.services.deletion import Held, NotAllowed, decide_deletion
from compliance.vault.services.keeping import WrongKeeping, place_hold, set_retention
from compliance.vault.services.sealing import seal_pending
from controls.models import Period
from evidence.facts.account.v1 import Account as AccountFact
from evidence.models import Record, Subject
from evidence.readings import Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run
from tests.conftest import actor_of, arranging

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONNECTION = uuid.uuid4()


def look(organization, page, people, now):
    """One complete look at the accounts: name and whether there is a second factor."""
    facts = [AccountFact(subject=f"arn:aws:iam::123456789012:user/{name}", name=name, mfa=mfa) for name, mfa in people.items()]
    reading = Reading(
        vendor="aws", kind="account", mode="snapshot", complete=True, completeness="last_page",
        observations=[Observed(fact, (digest_of(page),)) for fact in facts],
    )  # fmt: skip
    with scope(organization.pk):
        run = start_run(
            actor=SYSTEM, connection_id=CONNECTION, vendor="aws", connector_version="1", kinds=["account"], started_by="test", now=now
        )
        record_run(
            actor=SYSTEM, run=run, account=Account("123456789012", "Fernhill", "arn:role"), readings=[reading], calls=(),
            read_page=lambda _digest: page, now=now,
        )  # fmt: skip
        end_run(actor=SYSTEM, run=run, now=now)
        seal_pending(now=now)


@pytest.fixture
def looked(fernhill):
    look(fernhill, b'["ada", "ben"]', {"ada": False, "ben": True}, NOW)
    look(fernhill, b'["ada with a key", "ben"]', {"ada": True, "ben": True}, NOW + timedelta(hours=1))
    return fernhill


def named(organization, name):
    with scope(organization.pk):
        return Subject.objects.get(name=name)


def erase(organization, by, subjects):
    with scope(organization.pk, by.pk):
        return ask_for_erasure(actor=actor_of(by), subjects=[each.pk for each in subjects], reason="Asked for it by letter", now=NOW)


def approve_and_do(organization, by, request, now=NOW):
    with scope(organization.pk, by.pk):
        decide_deletion(actor=actor_of(by), request=request, approve=True, note="Identity checked", now=now)
        return carry_out(actor=actor_of(by), request=request, now=now)


def test_everything_of_the_person_goes_and_of_the_others_only_the_shared_pages(looked, priya, marta):
    ada, ben = named(looked, "ada"), named(looked, "ben")
    with scope(looked.pk):
        records = list(Record.objects.filter(subject=ada))
    request = erase(looked, priya, [ada])
    assert request.counts == {"subject": 1, "record": 2, "blob": 2} and "ada" not in request.title
    approve_and_do(looked, marta, request)
    with scope(looked.pk):
        for each in Record.objects.filter(subject=ada):
            assert (each.fact, each.salt, each.digest, each.pages) == (None, None, None, "")
        assert bytes(Record.objects.get(pk=records[0].pk).content_hash) == bytes(records[0].content_hash)
        again = Subject.objects.get(pk=ada.pk)
        assert (again.name, again.key, again.digest, again.gone_at) == ("Deleted", f"deleted {ada.pk}", None, None)
        assert "ben" in Record.objects.get(subject=ben).fact
        for page in {page for record in records for page in record.pages.split()}:
            with pytest.raises(BlobGone, match="Data of a person"):
                read_blob(page)
        assert not any("ada" in (each.payload or "") for each in Statement.objects.all() if each.kind != "run")


def test_the_page_of_who_was_erased_says_so_at_each_record_and_the_neighbours_says_nothing(looked, priya, marta, browser_of):
    ada, ben = named(looked, "ada"), named(looked, "ben")
    client = browser_of(priya)
    assert "Deleted" not in client.get(f"/fernhill/subjects/{ada.pk}/").content.decode()
    approve_and_do(looked, marta, erase(looked, priya, [ada]))
    page = client.get(f"/fernhill/subjects/{ada.pk}/").content.decode()
    assert "as two people decided (erasure)" in page and "Not observed by then" not in page
    assert page.count("<li><p><b>Deleted</b>") == 2 and "user/ada" not in page
    assert "Deleted" not in client.get(f"/fernhill/subjects/{ben.pk}/").content.decode()


def test_the_log_stays_verifiable_for_all(looked, priya, marta):
    ada = named(looked, "ada")
    approve_and_do(looked, marta, erase(looked, priya, [ada]))
    with scope(looked.pk):
        seal_pending(now=NOW)
        verifier = Verifier.from_vkey(log_verifier())
        for ref in Record.objects.values_list("pk", flat=True):
            leaf, proof = proof_of(ref)
            verify_proof(proof.encode(), leaf, [verifier], verifier.name)
        assert evidence_sample(NOW).broken == ()


def test_what_was_cleared_past_the_two_people_is_found(looked, priya, browser_of):
    ada = named(looked, "ada")
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE evidence_record SET salt = NULL, fact = NULL")
    with scope(looked.pk):
        assert all("nobody decided so" in each for each in evidence_sample(NOW).broken) and evidence_sample(NOW).broken
    page = browser_of(priya).get(f"/fernhill/subjects/{ada.pk}/").content.decode()
    assert "The fact is missing" in page and "as two people decided" not in page


def test_the_next_look_ends_the_deleted_subject_and_whoever_is_still_there_is_new(looked, priya, marta):
    ada = named(looked, "ada")
    approve_and_do(looked, marta, erase(looked, priya, [ada]))
    look(looked, b'["ada once more", "ben"]', {"ada": True, "ben": True}, NOW + timedelta(hours=2))
    with scope(looked.pk):
        assert Subject.objects.get(pk=ada.pk).gone_at == NOW + timedelta(hours=2)
        assert Subject.objects.get(name="ada").pk != ada.pk
        assert Record.objects.filter(subject=ada, gone=True).count() == 1


def test_what_came_in_after_it_was_asked_for_was_not_approved(looked, priya, marta):
    ada = named(looked, "ada")
    request = erase(looked, priya, [ada])
    look(looked, b'["ada without", "ben"]', {"ada": False, "ben": True}, NOW + timedelta(hours=2))
    with pytest.raises(NotAllowed, match="1 records came in after"):
        approve_and_do(looked, marta, request)
    assert named(looked, "ada").pk == ada.pk


def test_a_hold_over_the_source_keeps_the_person(looked, priya, marta):
    ada = named(looked, "ada")
    with scope(looked.pk, marta.pk):
        place_hold(actor=actor_of(marta), name="Case 12", reason="Litigation", now=NOW, about_id=ada.stream.source_id)
    with pytest.raises(Held, match="Case 12"):
        erase(looked, priya, [ada])


def test_nobody_of_another_organization_can_be_chosen(looked, brackwater, rival):
    with pytest.raises(WrongKeeping, match="Choose at least one"):
        erase(brackwater, rival, [named(looked, "ada")])


def test_retention_counts_from_the_end_of_the_period_and_spares_what_still_holds(looked, priya, marta):
    with arranging(looked):
        Period.objects.create(name="2025/26", first_day=date(2025, 10, 1), last_day=date(2026, 9, 30))
    with scope(looked.pk):
        assert period_ends(looked) == [datetime(2026, 9, 30, 22, tzinfo=UTC)], "midnight in Berlin"
        assert not expired_targets(looked, datetime(2033, 9, 30, 21, 59, tzinfo=UTC))
        old = expired_targets(looked, datetime(2033, 9, 30, 22, tzinfo=UTC))
        assert sorted(each.kind for each in old) == ["record"], "ada's first state; its page is still needed by ben's"
        set_retention(actor=SYSTEM, kind="observation", years=10, reason="Contract", now=NOW)
        assert not expired_targets(looked, datetime(2035, 1, 1, tzinfo=UTC))
    with scope(looked.pk, priya.pk), pytest.raises(WrongKeeping, match="nothing yet"):
        ask_for_expiry(actor=actor_of(priya), organization=looked, reason="Old", now=NOW)


def test_what_retention_asks_for_no_longer_goes(looked, priya, marta):
    with arranging(looked):
        Period.objects.create(name="2018", first_day=date(2018, 1, 1), last_day=date(2018, 12, 31))
    for hour, mfa in enumerate((False, True)):
        look(looked, f"old page {hour}".encode(), {"old": mfa, "ada": True, "ben": True}, datetime(2018, 3, 1, hour, tzinfo=UTC))
    with scope(looked.pk, priya.pk):
        request = ask_for_expiry(actor=actor_of(priya), organization=looked, reason="Old", now=NOW)
    assert request.counts["record"] >= 1
    approve_and_do(looked, marta, request)
    with scope(looked.pk):
        assert Record.objects.filter(fact__isnull=True, gone=False).exists()
        assert "mfa" in Record.objects.filter(subject=Subject.objects.get(name="ben")).latest("observed_at").fact
