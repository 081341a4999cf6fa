"""Bytes that are kept stand in the log: their digest, size and what was taken out of them."""

import json
from datetime import UTC, datetime

import pytest

from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.models import Blob, PendingLeaf
from compliance.vault.selectors.log import proof_of
from compliance.vault.selectors.statements import statement_of
from compliance.vault.services.blobs import _keep_blobs, digest_of, store_bytes
from compliance.vault.services.sealing import seal_pending

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def inside(fernhill):
    with scope(fernhill.pk):
        yield fernhill


def keep(*pages, redactions=None):
    sizes = store_bytes({digest_of(page): page for page in pages})
    with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        _keep_blobs(sizes, "application/json", redactions)


def test_a_kept_page_has_a_statement_and_a_leaf_that_is_proven(inside):
    keep(b"one page", redactions={digest_of(b"one page"): ("tokens",)})
    blob = Blob.objects.get()
    assert (blob.size, blob.redactions) == (8, ["tokens"])
    said = json.loads(statement_of(blob.pk).payload)
    assert said == {"digest": digest_of(b"one page"), "media_type": "application/json", "redactions": ["tokens"], "size": 8}
    seal_pending(now=NOON)
    leaf, _proof = proof_of(blob.pk)
    assert json.loads(leaf)["kind"] == "blob"


def test_a_page_that_was_kept_before_gets_no_second_leaf(inside):
    keep(b"one page")
    keep(b"one page", b"another page")
    assert Blob.objects.count() == PendingLeaf.objects.filter(kind="blob").count() == 2
