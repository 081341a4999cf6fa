"""The public page of the log: what strangers can verify, what they are not told, and that it can be switched off."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.test import Client

from compliance.seal import base64_text
from compliance.seal.checkpoint import open_checkpoint
from compliance.seal.merkle import tree_root, verify_consistency
from compliance.seal.note import Verifier
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.services.publication import publish_log
from compliance.vault.services.sealing import seal_pending
from compliance.vault.services.statements import _state
from tests.conftest import actor_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def sealed(fernhill):
    with scope(fernhill.pk):
        for _each in range(3):
            with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
                _state("export", uuid.uuid4(), NOON, {"what": "the secret list of Fernhill"})
            seal_pending(now=NOON)
    return fernhill


@pytest.fixture
def stranger():
    return Client()


def test_a_stranger_verifies_checkpoints_and_that_the_log_only_grew(sealed, stranger):
    told = json.loads(stranger.get("/log/fernhill/checkpoints.json").content)
    key = Verifier.from_vkey(told["keys"][0]["verifier"])
    opened = {each["size"]: open_checkpoint(each["note"].encode(), [key], key.name) for each in told["checkpoints"]}
    answer = json.loads(stranger.get("/log/fernhill/consistency?old=1&new=3").content)
    verify_consistency(1, 3, opened[1].root, opened[3].root, [base64_text.decode(each) for each in answer["proof"]])
    assert stranger.get("/log/fernhill/checkpoint").content.decode() == told["checkpoints"][0]["note"]
    hashes = stranger.get("/log/fernhill/tile/0/000.p/3").content
    assert tree_root([hashes[start : start + 32] for start in range(0, 96, 32)]) == opened[3].root


def test_the_page_shows_key_checkpoint_history_and_a_proof_and_nothing_that_is_kept(sealed, stranger):
    page = stranger.get("/log/fernhill/?old=1&new=3")
    text = page.content.decode()
    assert page.status_code == 200 and "plumbline.log/" in text and "Consistency proof" in text
    assert "secret list" not in text and "export" not in text
    assert stranger.get(f"/log/{sealed.pk}/").status_code == 200


@pytest.mark.parametrize("query", ["old=0&new=3", "old=2&new=1", "old=1&new=4", "old=x&new=2", "old=1", "old=" + "9" * 30 + "&new=3"])
def test_two_sizes_that_cannot_be_are_refused_with_what_to_give(sealed, stranger, query):
    assert stranger.get(f"/log/fernhill/?{query}").status_code == 422
    refused = stranger.get(f"/log/fernhill/consistency?{query}")
    assert refused.status_code == 400 and "Give" in refused.json()["detail"]


@pytest.mark.parametrize(
    "tile", ["0/000", "0/000.p/4", "0/000.p/0", "0/001.p/1", "64/000.p/1", "entries/000.p/3", "0/x000/000.p/3", "0/000.p/3/.."]
)
def test_no_tile_is_told_that_the_checkpoint_does_not_cover(sealed, stranger, tile):
    assert stranger.get(f"/log/fernhill/tile/{tile}").status_code == 404


def test_switched_off_it_answers_as_if_there_were_no_such_organization(sealed, stranger, marta):
    with scope(sealed.pk):
        publish_log(actor=actor_of(marta), public=False, now=NOON)
    nobody = stranger.get("/log/nobody/")
    for path in ("", "checkpoint", "checkpoints.json", "consistency?old=1&new=3", "tile/0/000.p/3"):
        assert stranger.get(f"/log/fernhill/{path}").status_code == nobody.status_code == 404
