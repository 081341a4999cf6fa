"""What waits is appended in order, alone or packed by the thousand, and nothing twice."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection

from compliance.seal.leaf import Leaf as LeafText
from compliance.seal.merkle import leaf_hash
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.models import Checkpoint, Leaf, PendingLeaf, PendingPack
from compliance.vault.selectors.log import organizations_with_pending_leaves, proof_of, read_tile
from compliance.vault.services.sealing import anything_pending, seal_pending

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def inside(fernhill):
    with scope(fernhill.pk):
        yield fernhill


def leaves(number):
    return [(uuid.uuid4(), uuid.uuid4().bytes * 2) for _ in range(number)]


def pack(waiting, kind="evidence.record"):
    with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        PendingPack.objects.create(kind=kind, at=NOON, leaves=b"".join(ref.bytes + content for ref, content in waiting))


def alone(waiting, kind="item"):
    with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        PendingLeaf.objects.bulk_create([PendingLeaf(kind=kind, ref=ref, at=NOON, content_hash=content) for ref, content in waiting])


def test_a_pack_is_appended_leaf_by_leaf_in_its_own_order_and_each_is_proven(inside):
    waiting = leaves(300)
    pack(waiting)
    assert seal_pending(now=NOON) == 300
    appended = Leaf.objects.order_by("position").values_list("position", "kind", "ref", "at", "content_hash")
    assert [(position, kind, ref, at, bytes(content)) for position, kind, ref, at, content in appended] == [
        (place, "evidence.record", ref, NOON, content) for place, (ref, content) in enumerate(waiting)
    ]
    expected = [leaf_hash(LeafText(kind="evidence.record", id=str(ref), time=NOON, hash=content).encode()) for ref, content in waiting]
    assert read_tile(0, 0) + read_tile(0, 1) == b"".join(expected)
    assert proof_of(waiting[299][0])[1].index == 299
    assert not anything_pending()


def test_packs_and_single_leaves_are_appended_in_the_order_in_which_they_began_to_wait(inside):
    first, second, third = leaves(1), leaves(3), leaves(1)
    alone(first)
    pack(second)
    alone(third, kind="run")
    seal_pending(now=NOON)
    assert list(Leaf.objects.order_by("position").values_list("ref", flat=True)) == [ref for ref, _content in first + second + third]
    assert (PendingLeaf.objects.count(), PendingPack.objects.count(), Checkpoint.objects.get().size) == (0, 0, 5)


def test_a_limit_never_cuts_a_pack_and_what_is_beyond_waits_for_the_next_time(inside):
    for number in (2, 3, 4):
        pack(leaves(number))
    assert [seal_pending(now=NOON, limit=5) for _ in range(3)] == [5, 4, 0]
    pack(leaves(7))
    assert seal_pending(now=NOON, limit=5) == 7
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [5, 9, 16]


def test_bytes_that_are_no_whole_leaves_cannot_wait(inside):
    for wrong in (b"", b"x" * 47, b"x" * 49):
        with pytest.raises(IntegrityError, match="whole_leaves"), action(ActionName.TEST_ARRANGED, actor=SYSTEM):
            PendingPack.objects.create(kind="evidence.record", at=NOON, leaves=wrong)


def test_another_organizations_packs_are_neither_seen_nor_sealed(inside, brackwater):
    with scope(brackwater.pk):
        pack(leaves(2))
    assert not anything_pending()
    assert seal_pending(now=NOON) == 0
    assert organizations_with_pending_leaves() == [brackwater.pk]
    with scope(brackwater.pk):
        assert anything_pending()


def test_a_pack_of_a_thousand_is_kept_as_it_is_without_being_compressed(inside):
    pack(leaves(1000))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_column_size(leaves), octet_length(leaves) FROM vault_pendingpack")
        assert cursor.fetchone() == (48_000, 48_000)
