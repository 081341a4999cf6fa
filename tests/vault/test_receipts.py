"""Receipts: what a download proves offline, against a key that came another way."""

import uuid
from datetime import UTC, datetime

import pytest

from compliance.seal.note import Verifier
from compliance.seal.proof import verify_proof
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.receipts import NotSealed, receipt_of
from compliance.vault.selectors.log import log_verifier, proof_of
from compliance.vault.selectors.statements import statements_of
from compliance.vault.services.sealing import seal_pending
from compliance.vault.services.statements import _state

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def waiver(fernhill):
    ref = uuid.uuid4()
    with scope(fernhill.pk):
        with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
            _state("waiver", ref, NOON, {"event": "granted"})
            _state("waiver", ref, NOON, {"event": "ended"})
        yield ref


def test_a_receipt_is_refused_until_the_leaf_is_sealed(waiver):
    with pytest.raises(NotSealed, match=str(waiver)):
        receipt_of(waiver)


def test_each_of_two_leaves_about_one_thing_has_its_own_receipt(waiver):
    seal_pending(now=NOON)
    key = Verifier.from_vkey(log_verifier())
    for place, statement in enumerate(statements_of(waiver)):
        content = bytes(statement.content_hash)
        leaf, _proof = proof_of(waiver, content)
        assert content.hex() in leaf.decode()
        assert verify_proof(receipt_of(waiver, content), leaf, [key], key.name).size == 2
        assert f"index {place}\n" in receipt_of(waiver, content).decode()
