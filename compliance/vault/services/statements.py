"""Stating something for good: its payload is kept, and a leaf waits to be appended to the log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from compliance.seal.canonical import canonical_bytes
from compliance.seal.leaf import new_salt, payload_hash
from compliance.tenancy import scope

if TYPE_CHECKING:
    from compliance.trail.models import Entry

TOLD = """salted AS MATERIALIZED (
  SELECT kind, ref, at, payload, uuid_send(gen_random_uuid()) AS salt FROM said
), told AS (
  INSERT INTO vault_statement (id, organization_id, kind, ref, at, salt, payload, content_hash)
  SELECT uuidv7(), %(organization)s, kind, ref, at, salt, payload, sha256(salt || convert_to(payload, 'UTF8')) FROM salted
  RETURNING kind, ref, at, content_hash
), told_leaf AS (
  INSERT INTO vault_pendingleaf (id, organization_id, kind, ref, at, content_hash)
  SELECT uuidv7(), %(organization)s, kind, ref, at, content_hash FROM told
)"""
"""Common table expressions that state each row of one named `said` (kind, ref, at, payload: canonical JSON), for statements of SQL
that know what changed without telling us. The salt is 16 bytes with 122 random bits: six say that it is a UUID."""

STATE = """
WITH stated AS (
  INSERT INTO vault_statement (id, organization_id, kind, ref, at, salt, payload, content_hash)
  SELECT uuidv7(), %(organization)s, %(kind)s, s.* FROM unnest(%(refs)s::uuid[], %(ats)s::timestamptz[], %(salts)s::bytea[],
    %(payloads)s::text[], %(hashes)s::bytea[]) AS s (ref, at, salt, payload, content_hash)
  RETURNING ref, at, content_hash
)
INSERT INTO vault_pendingleaf (id, organization_id, kind, ref, at, content_hash)
SELECT uuidv7(), %(organization)s, %(kind)s, ref, at, content_hash FROM stated
"""
AT_ONCE = 2000


def _state(kind: str, ref: UUID, at: datetime, payload: Mapping[str, Any]) -> None:
    """Inner step of an action: keep `payload` as canonical JSON with a salt of its own, and let its leaf wait for the log. `ref` is the
    id of what it speaks of. Raises CanonicalError when the payload has no canonical form (write times and ids as text)."""
    _state_all(kind, [(ref, at, payload)])


def _state_all(kind: str, rows: Sequence[tuple[UUID, datetime, Mapping[str, Any]]]) -> None:
    """Inner step of an action: `_state` for many of one kind, two thousand in one statement."""
    written = [(ref, at, new_salt(), canonical_bytes(dict(payload))) for ref, at, payload in rows]
    with connection.cursor() as cursor:
        for start in range(0, len(written), AT_ONCE):
            some = written[start : start + AT_ONCE]
            parameters = {
                "organization": scope.organization_id(),
                "kind": kind,
                "refs": [ref for ref, _at, _salt, _data in some],
                "ats": [at for _ref, at, _salt, _data in some],
                "salts": [salt for _ref, _at, salt, _data in some],
                "payloads": [data.decode() for _ref, _at, _salt, data in some],
                "hashes": [payload_hash(salt, data) for _ref, _at, salt, data in some],
            }
            cursor.execute(STATE, parameters)


def _state_decision(entry: "Entry", at: datetime, decided: Mapping[str, Any]) -> None:
    """Inner step of an action: what a person decided, under the id of the action's own trail entry: who, about what, why, and the
    values that hold from now on."""
    _state(
        "decision",
        entry.pk,
        at,
        {
            "action": str(entry.name),
            "actor": entry.actor_name,
            "actor_kind": str(entry.actor_kind),
            "decided": dict(decided),
            "reason": entry.reason,
            "subject": entry.subject_name,
            "subject_id": str(entry.subject_id or ""),
        },
    )
