"""Rows of the organization in scope, read by SQL."""

import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db import connection

from compliance.tenancy import scope

PENDING = """
SELECT p.ref FROM vault_pendingleaf p WHERE p.organization_id = %(organization)s AND p.ref = ANY(%(refs)s::uuid[])
UNION
SELECT w.ref FROM (
  SELECT encode(substring(k.leaves FROM n * 48 + 1 FOR 16), 'hex')::uuid AS ref
  FROM vault_pendingpack k, generate_series(0, octet_length(k.leaves) / 48 - 1) n WHERE k.organization_id = %(organization)s
) w WHERE w.ref = ANY(%(refs)s::uuid[])
"""
SEALED = "SELECT ref, position, kind, content_hash FROM vault_leaf WHERE organization_id = %(organization)s AND ref = ANY(%(refs)s::uuid[])"


def rows(sql: str, **parameters: Any) -> list[tuple]:
    """All rows that `sql` gives; `%(organization)s` is the organization in scope."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"organization": scope.organization_id(), **parameters})
        return cursor.fetchall()


@lru_cache(maxsize=256)
def has_table(name: str) -> bool:
    """Whether this version of the database has that table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        return cursor.fetchone()[0]


def sealed(refs: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, bytes], int]:
    """Positions of the leaves about these, by ref and content hash."""
    return {(ref, bytes(content)): position for ref, position, _kind, content in rows(SEALED, refs=list(refs))}


def waiting(leaves: Iterable[tuple[uuid.UUID, bytes]]) -> set[uuid.UUID]:
    """Those of these (ref, content hash) that wait for the log: their leaf is pending, or was sealed a moment ago."""
    wanted = set(leaves)
    if not wanted:
        return set()
    pending = {row[0] for row in rows(PENDING, refs=[ref for ref, _content in wanted])}
    return pending | {leaf[0] for leaf in sealed(ref for ref, _content in wanted) if leaf in wanted}


def tombstoned(kind: str, refs: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these that were deleted by the rules, which left a tombstone."""
    wanted = list(refs)
    if not wanted or not has_table("vault_tombstone"):
        return set()
    sql = "SELECT ref FROM vault_tombstone WHERE organization_id = %(organization)s AND kind = %(kind)s AND ref = ANY(%(refs)s::uuid[])"
    return {row[0] for row in rows(sql, kind=kind, refs=wanted)}
