"""What others said about checkpoints: each time stamp is over the checkpoint beside it and says the time of its row, each cosignature
fits the checkpoint.

A time stamp is verified under the operator's certificates where TSA_CA names them, a cosignature under the configured key of that witness;
one of a witness that is not configured any more is looked at for its form and its time only.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from cryptography.x509 import Certificate
from django.conf import settings

from compliance.operate.verify_store.findings import RESTORE, Finding, Looked
from compliance.operate.verify_store.reading import rows
from compliance.seal.cosignature import CosignatureError, Cosigned, WitnessKey, stated_time
from compliance.seal.note import NoteError, split_note
from compliance.seal.timestamp import TimestampError, checked_stamp, read_authorities

PAGE = 200
STAMPS = """
SELECT t.size, t.response, t.at, c.note FROM vault_timestamp t
LEFT JOIN vault_checkpoint c ON c.organization_id = t.organization_id AND c.size = t.size
WHERE t.organization_id = %(organization)s AND t.size > %(after)s ORDER BY t.size LIMIT 200
"""
LINES = """
SELECT s.size, s.witness, s.line, s.at, c.note FROM vault_cosignature s
LEFT JOIN vault_checkpoint c ON c.organization_id = s.organization_id AND c.size = s.size
WHERE s.organization_id = %(organization)s AND (s.size, s.witness) > (%(after)s, %(witness)s) ORDER BY s.size, s.witness LIMIT 200
"""
ORPHAN = "There is no checkpoint of that size: it was taken out, or this row was slipped in."


def timestamps(place: dict[str, Any]) -> Iterator[Looked]:
    """Every time stamp of the organization in scope."""
    after = place.get("after", 0)
    authorities = read_authorities(settings.CONFIGURATION.tsa_ca) if settings.CONFIGURATION.tsa_ca else []
    while page := rows(STAMPS, after=after):
        findings = [finding for row in page if (finding := _stamp(row, authorities)) is not None]
        after = page[-1][0]
        yield Looked({"after": after}, len(page), findings)


def _stamp(row: tuple, authorities: Sequence[Certificate]) -> Finding | None:
    size, response, at, note = row
    where = f"row vault_timestamp of size {size}"
    if note is None:
        return Finding("extra", where, ORPHAN, RESTORE)
    try:
        stated = checked_stamp(bytes(response), split_note(note.encode())[0].encode(), authorities=authorities)
    except NoteError:
        return None  # the checkpoint itself is damaged, which the log's own stage says
    except TimestampError as error:
        return Finding("altered", where, f"It is no time stamp of this checkpoint: {error}.", RESTORE)
    if stated != at:
        return Finding("altered", where, f"The row says {at.isoformat()}, the token {stated.isoformat()}.", RESTORE)
    return None


def cosignatures(place: dict[str, Any]) -> Iterator[Looked]:
    """Every cosignature of the organization in scope."""
    after, witness = place.get("after", 0), place.get("witness", "")
    keys = {key.name: key for _url, key in settings.CONFIGURATION.witnesses}
    while page := rows(LINES, after=after, witness=witness):
        findings = [finding for row in page if (finding := _line(row, keys.get(row[1]))) is not None]
        after, witness = page[-1][:2]
        yield Looked({"after": after, "witness": witness}, len(page), findings)


def _line(row: tuple, key: WitnessKey | None) -> Finding | None:
    size, witness, line, at, note = row
    where = f"row vault_cosignature of size {size} by {witness}"
    if note is None:
        return Finding("extra", where, ORPHAN, RESTORE)
    try:
        stated = _stated(note.encode(), witness, line, key)
    except CosignatureError as error:
        return Finding("altered", where, f"It is no cosignature of this checkpoint: {error}.", RESTORE)
    if stated != at:
        return Finding("altered", where, f"The row says {at.isoformat()}, the line {stated.isoformat()}.", RESTORE)
    return None


def _stated(note: bytes, witness: str, line: str, key: WitnessKey | None) -> datetime:
    if key is None:
        return stated_time(witness, line)
    found: Cosigned = key.find(note, f"{line}\n".encode())
    return found.at
