"""A strict witness cosigns what extends the log that it saw, and says so where it does not; only a line by its own key is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from compliance.countersigning.rounds import countersign_round
from compliance.operate.verify_store.verifying import verify_organization
from compliance.seal.cosignature import CosignatureError, WitnessKey
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.models import Checkpoint, Cosignature
from compliance.vault.selectors.log import log_verifier, whole_note
from compliance.vault.services.keys import rotate_log_key
from compliance.work.models import Problem
from tests.conftest import arranging
from tests.countersigning.test_timestamps import NOON, seal
from tests.countersigning.witness import witness


@pytest.fixture
def sealed(fernhill):
    with scope(fernhill.pk):
        for _each in range(3):
            seal()
    return fernhill


@pytest.fixture
def watching(sealed, settings):
    """A witness that knows the log of Fernhill, asked by the product."""
    with witness() as running:
        with scope(sealed.pk):
            running.logs[f"plumbline.log/{sealed.pk}"] = [log_verifier()]
        settings.CONFIGURATION = replace(
            settings.CONFIGURATION, witness_urls=(running.url,), witness_keys=(running.key.vkey,), outgoing_allow=("127.0.0.1",)
        )
        yield running


def trouble(organization):
    with scope(organization.pk):
        problem = Problem.objects.get(resolved_at=None)
        return problem.severity, problem.detail


def test_a_witness_cosigns_and_its_line_stands_under_the_checkpoint(sealed, watching):
    assert countersign_round() == 1
    assert watching.answers == [200] and watching.bodies[0].startswith(b"old 0\n\nplumbline.log/")
    with scope(sealed.pk):
        kept, checkpoint = Cosignature.objects.get(), Checkpoint.objects.get(size=3)
        assert (kept.size, kept.witness) == (3, "witness.example/w1")
        assert abs(kept.at - datetime.now(UTC)) < timedelta(minutes=1)
        whole = whole_note(checkpoint)
        assert whole == f"{checkpoint.note}{kept.line}\n"
        assert watching.key.find(checkpoint.note.encode(), whole.rpartition("\n\n")[2].encode()).at == kept.at


def test_a_longer_log_comes_with_a_proof_that_the_witness_verifies(sealed, watching):
    countersign_round()
    with scope(sealed.pk):
        for _each in range(4):
            seal()
    assert countersign_round() == 1
    assert watching.bodies[1].startswith(b"old 3\n") and watching.answers == [200, 200]
    assert countersign_round() == 0 and len(watching.answers) == 2  # nothing new: nobody is asked
    with scope(sealed.pk):
        assert list(Cosignature.objects.order_by("size").values_list("size", flat=True)) == [3, 7]


def test_an_answer_that_was_lost_is_made_good_with_the_size_the_witness_tells(sealed, watching):
    watching.hushed = True
    assert countersign_round(lambda: NOON) == 0
    with scope(sealed.pk):
        assert not Cosignature.objects.exists() and not Problem.objects.exists()
        seal()
    assert countersign_round() == 1
    assert watching.answers == [200, 409, 200]
    with scope(sealed.pk):
        assert Cosignature.objects.get().size == 4


def test_the_same_size_is_cosigned_again_after_a_lost_answer(sealed, watching):
    watching.hushed = True
    assert countersign_round() == 0 and countersign_round() == 1
    assert watching.answers == [200, 409, 200]


def test_an_unknown_log_and_an_unknown_key_are_said_with_what_to_do(sealed, watching):
    known = dict(watching.logs)
    watching.logs.clear()
    assert countersign_round() == 0
    assert "give it the log's origin" in trouble(sealed)[1]
    watching.logs.update(known)
    assert countersign_round() == 1
    with scope(sealed.pk):
        assert not Problem.objects.filter(resolved_at=None).exists()
        rotate_log_key(actor=SYSTEM, reason="yearly", now=NOON)
    assert countersign_round() == 0
    assert watching.answers[-1] == 403 and trouble(sealed)[0] == "medium"


def test_a_log_that_the_witness_saw_otherwise_is_a_critical_problem(sealed, watching):
    watching.seen[f"plumbline.log/{sealed.pk}"] = (2, bytes(32))
    assert countersign_round() == 0
    assert watching.answers == [409, 422]
    assert trouble(sealed)[0] == "critical"
    with scope(sealed.pk):
        assert not Cosignature.objects.exists()


@pytest.mark.parametrize(("size", "answers"), [(3, [409, 409]), (9, [409])])
def test_a_log_with_another_root_or_fewer_entries_than_seen_is_a_critical_problem(sealed, watching, size, answers):
    watching.seen[f"plumbline.log/{sealed.pk}"] = (size, bytes(32))
    assert countersign_round() == 0
    assert watching.answers == answers and trouble(sealed)[0] == "critical"


def test_a_forged_cosignature_is_not_kept(sealed, watching):
    watching.forged = True
    assert countersign_round() == 0
    assert "does not fit the checkpoint" in trouble(sealed)[1]
    with scope(sealed.pk):
        assert not Cosignature.objects.exists()


def test_a_line_by_another_key_than_the_configured_one_is_not_kept(sealed, watching, settings):
    stranger = WitnessKey(watching.key.name, bytes(range(32)))
    settings.CONFIGURATION = replace(settings.CONFIGURATION, witness_keys=(stranger.vkey,))
    assert countersign_round() == 0
    assert "no line of the answer is by the key" in trouble(sealed)[1]


def test_a_wrong_cosignature_is_found_by_the_verification_of_the_store(sealed, watching, settings):
    countersign_round()
    with scope(sealed.pk):
        assert verify_organization().findings == []
        right = Cosignature.objects.get()
    with arranging(sealed):
        Cosignature.objects.create(size=2, witness=right.witness, line=right.line, at=right.at)
        Cosignature.objects.create(size=8, witness=right.witness, line=right.line, at=right.at)
        Cosignature.objects.create(size=1, witness="witness.example/gone", line=right.line, at=right.at)
    with scope(sealed.pk):
        assert [(each["what"], each["where"]) for each in verify_organization().findings] == [
            ("altered", "row vault_cosignature of size 1 by witness.example/gone"),
            ("altered", "row vault_cosignature of size 2 by witness.example/w1"),
            ("extra", "row vault_cosignature of size 8 by witness.example/w1"),
        ]


@pytest.mark.parametrize(
    ("vkey", "why"),
    [
        ("w", "name\\+id\\+base64"),
        ("w+00000000+BAAA", "33 bytes"),
        ("w+00000000+!!", "malformed"),
        (f"w+00000000+{'A' * 44}", "0x04"),
    ],
)
def test_a_witness_key_that_is_none_is_refused(vkey, why):
    with pytest.raises(CosignatureError, match=why):
        WitnessKey.from_vkey(vkey)
