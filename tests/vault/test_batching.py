"""What is written is in a signed checkpoint within a minute: the tick finds whose log has something waiting, and one batch takes all."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.celery import app
from compliance.pipeline import seal, tick
from compliance.seal.merkle import consistency_proof, leaf_hash, tree_root, verify_consistency, verify_inclusion
from compliance.seal.tiles import append_batch, consistency_from_tiles, inclusion_from_tiles
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.models import Checkpoint
from compliance.vault.selectors.log import organizations_with_pending_leaves, proof_of
from compliance.vault.services.statements import _state

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_tick_comes_often_enough_and_rings_for_whoever_has_something_waiting(fernhill, brackwater):
    assert tick.name in {each["task"] for each in app.conf.beat_schedule.values() if each["schedule"].run_every.total_seconds() <= 30}
    ref = uuid.uuid4()
    with scope(fernhill.pk), action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        _state("export", ref, NOON, {"what": "controls"})
    assert organizations_with_pending_leaves() == [fernhill.pk]
    seal(str(fernhill.pk))
    assert organizations_with_pending_leaves() == []
    with scope(fernhill.pk):
        assert Checkpoint.objects.count() == 1 and proof_of(ref) is not None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=4), st.data())
def test_however_it_is_batched_every_leaf_is_proven_and_any_two_sizes_are_consistent(batches, data):
    tiles, hashes, size = {}, [], 0
    read = lambda level, number: tiles.get((level, number), b"")  # noqa: E731
    for number in batches:
        fresh = [leaf_hash(b"%d" % (size + each)) for each in range(number)]
        appended = append_batch(size, fresh, read)
        tiles |= {(tile.level, tile.n): tile.hashes for tile in appended.tiles}
        hashes, size = hashes + fresh, appended.size
        assert appended.root == tree_root(hashes)
    index = data.draw(st.integers(0, size - 1))
    verify_inclusion(hashes[index], index, size, inclusion_from_tiles(index, size, read), tree_root(hashes))
    new = data.draw(st.integers(1, size))
    old = data.draw(st.integers(1, new))
    proof = consistency_from_tiles(old, new, read)
    assert proof == consistency_proof(hashes[:new], old)
    verify_consistency(old, new, tree_root(hashes[:old]), tree_root(hashes[:new]), proof)


@pytest.mark.slow
def test_a_hundred_thousand_leaves_are_appended_in_seconds(fernhill):
    leaves = [leaf_hash(b"%d" % number) for number in range(100_000)]
    begun = datetime.now(UTC)
    appended = append_batch(0, leaves, lambda _level, _number: b"")
    assert appended.size == 100_000 and (datetime.now(UTC) - begun).total_seconds() < 2
