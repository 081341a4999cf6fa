"""Payloads: each record's fact and each statement hashes, with its salt, to what its leaf says; what runs say of their ledger holds."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from compliance.operate.verify_store.blobs import FIRST
from compliance.operate.verify_store.findings import RESTORE, Finding, Looked
from compliance.operate.verify_store.reading import has_table, rows, sealed, tombstoned, waiting
from compliance.seal.canonical import CanonicalError, canonical_bytes
from compliance.seal.digest import sha256
from compliance.seal.leaf import payload_hash
from evidence.selectors.ledgers import ledger_of

PAGE = 1000
RECORDS = """
SELECT r.id, r.fact, r.salt, r.digest, r.content_hash, r.gone, s.key FROM evidence_record r
LEFT JOIN evidence_subject s ON s.organization_id = r.organization_id AND s.id = r.subject_id
WHERE r.organization_id = %(organization)s AND r.id > %(after)s::uuid ORDER BY r.id LIMIT %(page)s
"""
STATEMENTS = """
SELECT id, kind, ref, salt, payload, content_hash FROM vault_statement
WHERE organization_id = %(organization)s AND id > %(after)s::uuid ORDER BY id LIMIT %(page)s
"""
STATED_ABOUT: Mapping[str, tuple[str, ...]] = {
    "blob": ("vault_blob",),
    "item": ("evidence_itemversion",),
    "population": ("evidence_population", "evidence_populationreview"),
    "run": ("evidence_run",),
    "waiver": ("controls_waiver",),
}
"""Kinds of statements whose `ref` is a row's id, and in which of these tables it is."""

RUNS = "SELECT id, vendor, principal, calls FROM evidence_run WHERE organization_id = %(organization)s AND id = ANY(%(refs)s::uuid[])"


def facts(place: dict[str, Any]) -> Iterator[Looked]:
    """Every record: fact, digest, salted hash, and that the log holds it or is about to."""
    after = place.get("after", FIRST)
    while page := rows(RECORDS, after=after, page=PAGE):
        after = str(page[-1][0])
        leaves = sealed(row[0] for row in page)
        stray = {row[0]: bytes(row[4]) for row in page if (row[0], bytes(row[4])) not in leaves}
        coming = waiting(stray.items())
        dead = tombstoned("record", [row[0] for row in page if row[2] is None])
        findings: list[Finding] = []
        for row in page:
            findings += _record(row, in_log=row[0] not in stray or row[0] in coming, deleted=row[0] in dead)
        yield Looked({"after": after}, len(page), findings)


def _record(row: tuple, *, in_log: bool, deleted: bool) -> Iterator[Finding]:
    pk, fact, salt, digest, content_hash, gone, key = row
    where = f"row evidence_record {pk}"
    if not in_log:
        yield Finding("altered", where, f"Its hash {bytes(content_hash).hex()} is in no leaf of the log.", RESTORE)
    if salt is None:
        if not deleted:
            yield Finding("missing", where, "Fact and salt are gone, and no tombstone says that they were deleted by the rules.", RESTORE)
        return
    if fact is None and not gone:
        yield Finding("missing", where, "The fact is gone.", RESTORE)
        return
    content = canonical_bytes({"gone": True, "subject": key}) if fact is None else fact.encode()
    if fact is not None and sha256(content) != bytes(digest):
        yield Finding("altered", where, f"The fact hashes to {sha256(content).hex()}, its digest is {bytes(digest).hex()}.", RESTORE)
    elif payload_hash(bytes(salt), content) != bytes(content_hash):
        yield Finding("altered", where, "Salt and fact hash to something else than its content hash.", RESTORE)


def statements(place: dict[str, Any]) -> Iterator[Looked]:
    """Every statement: canonical payload, salted hash, leaf, the row it speaks of; of runs, the ledger."""
    after = place.get("after", FIRST)
    while page := rows(STATEMENTS, after=after, page=PAGE):
        after = str(page[-1][0])
        leaves = sealed(row[2] for row in page)
        stray = {row[2]: bytes(row[5]) for row in page if (row[2], bytes(row[5])) not in leaves}
        coming = waiting(stray.items())
        dead = tombstoned("statement", [row[0] for row in page if row[3] is None])
        findings: list[Finding] = []
        for row in page:
            findings += _statement(row, in_log=row[2] not in stray or row[2] in coming, deleted=row[0] in dead)
        findings += _absent(page)
        findings += _runs({row[2]: row[4] for row in page if row[1] == "run" and row[4] is not None})
        yield Looked({"after": after}, len(page), findings)


def _statement(row: tuple, *, in_log: bool, deleted: bool) -> Iterator[Finding]:
    pk, kind, ref, salt, payload, content_hash = row
    where = f"row vault_statement {pk} ({kind} {ref})"
    if not in_log:
        yield Finding("altered", where, f"Its hash {bytes(content_hash).hex()} is in no leaf of the log.", RESTORE)
    if salt is None or payload is None:
        if not deleted:
            yield Finding("missing", where, "Payload or salt is gone, and no tombstone says that it was deleted by the rules.", RESTORE)
    elif payload_hash(bytes(salt), payload.encode()) != bytes(content_hash):
        yield Finding("altered", where, "Salt and payload hash to something else than its content hash.", RESTORE)
    elif not _is_canonical(payload):
        yield Finding("altered", where, "The payload is not canonical JSON.", RESTORE)


def _is_canonical(payload: str) -> bool:
    try:
        return canonical_bytes(orjson.loads(payload)) == payload.encode()
    except (CanonicalError, orjson.JSONDecodeError):
        return False


def _absent(page: list[tuple]) -> Iterator[Finding]:
    for kind, tables in STATED_ABOUT.items():
        absent = {row[2] for row in page if row[1] == kind and row[4] is not None}
        for table in tables:
            if absent and has_table(table):
                sql = f"SELECT id FROM {table} WHERE organization_id = %(organization)s AND id = ANY(%(refs)s::uuid[])"
                absent -= {row[0] for row in rows(sql, refs=list(absent))}
        for ref in sorted(absent - tombstoned(kind, absent) - tombstoned(f"{kind}_version", absent)):
            yield Finding("missing", f"row {tables[0]} {ref}", f"The log says that this {kind} was there; the row is gone.", RESTORE)


def _runs(said: Mapping[uuid.UUID, str]) -> Iterator[Finding]:
    """A run's row and ledger say what was stated when it was recorded."""
    for pk, vendor, principal, calls in rows(RUNS, refs=list(said)) if said else ():
        stated = orjson.loads(said[pk])
        lines, digest = ledger_of(pk)
        if (stated["calls"], stated["ledger_digest"]) != (lines, digest):
            detail = f"It has {lines:,} requests that hash to {digest}; the log says {stated['calls']:,} and {stated['ledger_digest']}."
            yield Finding("altered", f"rows evidence_ledgerentry of run {pk}", detail, RESTORE)
        if (stated["vendor"], stated["principal"], stated["calls"]) != (vendor, principal, calls):
            yield Finding(
                "altered", f"row evidence_run {pk}", "Vendor, principal or number of requests are not what the log says.", RESTORE
            )
