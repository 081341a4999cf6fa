"""What is stated is kept with its salt, and its leaf waits for the log."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection

from compliance.seal.canonical import CanonicalError
from compliance.seal.leaf import payload_hash
from compliance.tenancy import scope as tenancy
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.models import PendingLeaf, Statement
from compliance.vault.selectors.log import proof_of
from compliance.vault.selectors.statements import statement_of, statements_of
from compliance.vault.services.sealing import seal_pending
from compliance.vault.services.statements import TOLD, _state, _state_all, _state_decision

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def inside(fernhill):
    with scope(fernhill.pk):
        yield fernhill


def stated(kind="item", ref=None, payload=None):
    ref = ref or uuid.uuid4()
    with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        _state(kind, ref, NOON, payload or {"number": 1, "title": "Réport\n2026"})
    return ref


def test_a_statement_keeps_canonical_json_and_its_leaf_is_proven_after_sealing(inside):
    ref = stated()
    kept = statement_of(ref)
    assert kept.payload == '{"number":1,"title":"Réport\\n2026"}'
    assert bytes(kept.content_hash) == payload_hash(bytes(kept.salt), kept.payload.encode())
    leaf = PendingLeaf.objects.get()
    assert (leaf.kind, leaf.ref, leaf.at, bytes(leaf.content_hash)) == ("item", ref, NOON, bytes(kept.content_hash))
    seal_pending(now=NOON)
    encoded, _proof = proof_of(ref)
    assert json.loads(encoded)["hash"] == bytes(kept.content_hash).hex()


def test_equal_payloads_hash_differently_because_each_has_a_salt_of_its_own(inside):
    first, second = stated(payload={"a": 1}), stated(payload={"a": 1})
    assert bytes(statement_of(first).content_hash) != bytes(statement_of(second).content_hash)


def test_several_statements_about_one_thing_are_all_kept_in_order(inside):
    ref = stated("waiver", payload={"granted": True})
    stated("waiver", ref=ref, payload={"ended": True})
    assert [each.payload for each in statements_of(ref)] == ['{"granted":true}', '{"ended":true}']


def test_what_has_no_canonical_form_is_refused_and_nothing_is_kept(inside):
    with pytest.raises(CanonicalError), action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        _state_all("item", [(uuid.uuid4(), NOON, {"fine": 1}), (uuid.uuid4(), NOON, {"when": NOON})])
    assert Statement.objects.count() == PendingLeaf.objects.count() == 0


def test_a_decision_is_stated_under_the_id_of_its_trail_entry(inside):
    with action(ActionName.CHECK_PARAMETERS_CHANGED, actor=SYSTEM, subject_name="a check", reason="agreed") as entry:
        _state_decision(entry, NOON, {"days": 30})
    payload = json.loads(statement_of(entry.pk).payload)
    assert payload["action"] == "check.parameters_changed" and payload["decided"] == {"days": 30} and payload["reason"] == "agreed"


def test_what_sql_states_itself_hashes_the_same_way(inside):
    ref = uuid.uuid4()
    said = "SELECT 'verdicts' AS kind, %(ref)s::uuid AS ref, %(at)s::timestamptz AS at, '{\"é\":1}' AS payload"
    with action(ActionName.TEST_ARRANGED, actor=SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"WITH said AS ({said}), {TOLD} SELECT 1", {"ref": ref, "at": NOON, "organization": tenancy.organization_id()})
    kept = statement_of(ref)
    assert len(bytes(kept.salt)) == 16
    assert (
        bytes(kept.content_hash) == payload_hash(bytes(kept.salt), kept.payload.encode()) == bytes(PendingLeaf.objects.get().content_hash)
    )


def test_the_rival_sees_no_statement(inside, brackwater):
    ref = stated()
    with scope(brackwater.pk):
        assert statement_of(ref) is None and Statement.objects.count() == 0
