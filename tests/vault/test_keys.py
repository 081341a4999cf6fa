"""Turning the key: the old one announces the new, and both stay good for what they signed."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError

from compliance.seal.checkpoint import open_checkpoint
from compliance.seal.merkle import verify_consistency
from compliance.seal.note import NoteError, Verifier
from compliance.seal.tiles import consistency_from_tiles
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.models import Checkpoint, LogKey, Statement
from compliance.vault.selectors.log import log_keys, log_verifier, proof_of, read_tile
from compliance.vault.services.keys import rotate_log_key
from compliance.vault.services.sealing import seal_pending
from compliance.vault.services.statements import _state
from tests.conftest import actor_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def state(number=1):
    with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        for _each in range(number):
            _state("export", uuid.uuid4(), NOON, {"what": "controls"})


@pytest.fixture
def sealed(fernhill):
    with scope(fernhill.pk):
        state(3)
        seal_pending(now=NOON)
        yield fernhill


def opened(checkpoint, verifier):
    key = Verifier.from_vkey(verifier)
    return open_checkpoint(checkpoint.note.encode(), [key], key.name)


def test_old_checkpoints_verify_under_the_old_key_and_new_ones_under_the_new_only(sealed, marta):
    old = log_verifier()
    kept = rotate_log_key(actor=actor_of(marta), reason="yearly", now=NOON)
    state()
    seal_pending(now=NOON)
    assert log_verifier() == kept.verifier != old
    by_size = {each.size: each for each in Checkpoint.objects.all()}
    assert sorted(by_size) == [3, 4, 5, 6]
    for size, key, other in ((3, old, kept.verifier), (4, old, kept.verifier), (5, kept.verifier, old), (6, kept.verifier, old)):
        assert opened(by_size[size], key).size == size
        with pytest.raises(NoteError):
            opened(by_size[size], other)
    assert [(key.verifier, key.from_size, key.until_size) for key in log_keys()] == [(kept.verifier, 4, None), (old, 0, 4)]


def test_the_old_key_announces_the_new_one_in_the_log_it_signed(sealed, marta):
    old = log_verifier()
    kept = rotate_log_key(actor=actor_of(marta), reason="yearly", now=NOON)
    announced, in_use = (json.loads(each.payload) for each in Statement.objects.filter(kind="key").order_by("id"))
    assert announced == {"actor": "Marta Lindqvist", "event": "announced", "new": kept.verifier, "old": old, "reason": "yearly"}
    assert in_use["event"] == "in_use"
    assert json.loads(proof_of(Statement.objects.filter(kind="key").earliest("id").ref)[0])["kind"] == "key"
    last_of_old = Checkpoint.objects.get(size=4)
    assert opened(last_of_old, old).size == 4  # the announcement is leaf 3, under the old key's signature
    newest = Checkpoint.objects.get(size=5)
    proof = consistency_from_tiles(4, 5, read_tile)
    verify_consistency(4, 5, bytes(last_of_old.root), bytes(newest.root), proof)


def test_what_waits_is_sealed_under_the_old_key_first(sealed, marta):
    old = log_verifier()
    state(2)
    rotate_log_key(actor=actor_of(marta), reason="yearly", now=NOON)
    assert opened(Checkpoint.objects.get(size=6), old).size == 6


def test_a_key_is_not_turned_without_a_reason(sealed, marta):
    with pytest.raises(ValidationError, match="Say why"):
        rotate_log_key(actor=actor_of(marta), reason=" ", now=NOON)
    assert LogKey.objects.count() == 1 and Statement.objects.filter(kind="key").count() == 0


def test_the_command_turns_the_key_and_prints_what_to_hand_out(sealed, capsys):
    call_command("rotate_log_key", "fernhill", "--reason", "the old laptop was lost")
    assert log_verifier() in capsys.readouterr().out
    with pytest.raises(CommandError, match="no organization"):
        call_command("rotate_log_key", "nobody", "--reason", "x")
