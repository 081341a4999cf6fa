"""Links between rows: what one points at is there. The table is data; tables that this version does not have are left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compliance.operate.verify_store.findings import RESTORE, Finding, Looked
from compliance.operate.verify_store.reading import has_table, rows


@dataclass(frozen=True, slots=True)
class Link:
    """`column` of `table` is the id of a row of `target`; `digest`: it holds hexadecimal digests of blobs, parted by spaces."""

    table: str
    column: str
    target: str
    digest: bool = False


LINKS = (
    Link("evidence_record", "subject_id", "evidence_subject"),
    Link("evidence_record", "run_id", "evidence_run"),
    Link("evidence_record", "pages", "vault_blob", digest=True),
    Link("evidence_subject", "stream_id", "evidence_stream"),
    Link("evidence_subject", "record_id", "evidence_record"),
    Link("evidence_stream", "source_id", "evidence_source"),
    Link("evidence_run", "source_id", "evidence_source"),
    Link("evidence_runstream", "run_id", "evidence_run"),
    Link("evidence_ledgerentry", "run_id", "evidence_run"),
    Link("evidence_coverage", "stream_id", "evidence_stream"),
    Link("evidence_itemversion", "item_id", "evidence_item"),
    Link("evidence_itemversion", "digest", "vault_blob", digest=True),
    Link("evidence_population", "jsonl", "vault_blob", digest=True),
    Link("evidence_population", "csv", "vault_blob", digest=True),
    Link("evidence_population", "previous_id", "evidence_population"),
    Link("controls_verdict", "subject_id", "evidence_subject"),
    Link("controls_verdict", "record_id", "evidence_record"),
    Link("controls_verdict", "check_row_id", "controls_check"),
    Link("controls_verdictpast", "subject_id", "evidence_subject"),
    Link("controls_verdictpast", "record_id", "evidence_record"),
    Link("controls_verdictpast", "check_row_id", "controls_check"),
    Link("controls_waiver", "check_row_id", "controls_check"),
    Link("controls_itemlink", "item_id", "evidence_item"),
)

BROKEN = """
SELECT t.id, t.{column}::text FROM {table} t WHERE t.organization_id = %(organization)s AND t.{column} IS NOT NULL
  AND NOT EXISTS (SELECT FROM {target} o WHERE o.organization_id = t.organization_id AND o.id = t.{column})
ORDER BY t.id LIMIT 200
"""
BROKEN_DIGEST = """
SELECT t.id, d.digest FROM {table} t CROSS JOIN LATERAL regexp_split_to_table(t.{column}, ' ') AS d(digest)
WHERE t.organization_id = %(organization)s AND d.digest ~ '^[0-9a-f]{{64}}$'
  AND NOT EXISTS (SELECT FROM vault_blob b WHERE b.organization_id = t.organization_id AND b.digest = decode(d.digest, 'hex'))
  {deleted} ORDER BY t.id LIMIT 200
"""
DELETED = """AND NOT EXISTS (SELECT FROM vault_tombstone w WHERE w.organization_id = t.organization_id AND w.kind = 'blob'
  AND w.address = sha256(decode(d.digest, 'hex')))"""
COUNT = "SELECT count(*) FROM {table} WHERE organization_id = %(organization)s"


def links(place: dict[str, Any]) -> Iterator[Looked]:
    """Every link of LINKS."""
    for number, link in enumerate(LINKS):
        if number < place.get("next", 0):
            continue
        if not has_table(link.table) or not has_table(link.target):
            continue
        looked = rows(COUNT.format(table=link.table))[0][0]
        yield Looked({"next": number + 1}, looked, [_broken(link, pk, value) for pk, value in _pointing_nowhere(link)])


def _pointing_nowhere(link: Link) -> list[tuple]:
    if not link.digest:
        return rows(BROKEN.format(table=link.table, column=link.column, target=link.target))
    deleted = DELETED if has_table("vault_tombstone") else ""
    return rows(BROKEN_DIGEST.format(table=link.table, column=link.column, deleted=deleted))


def _broken(link: Link, pk: Any, value: str) -> Finding:
    detail = f"Its {link.column} is {value}, and {link.target} has no such row."
    return Finding("missing", f"link of row {link.table} {pk}", detail, RESTORE)
