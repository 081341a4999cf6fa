"""A run's request ledger as bytes that can be hashed again by anybody: what its digest in the log stands for.

Each request is one line of canonical JSON (RFC 8785); the digest is SHA-256 over all lines in the order of their numbers, each ended by
a newline: `sha256sum` over a package's `ledger.jsonl` gives it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from compliance.seal.canonical import MAX_INTEGER, canonical_bytes
from compliance.seal.leaf import utc_text


class Call(Protocol):
    """One request: a `CallMade` that is about to be written, or a `LedgerEntry` that was."""

    operation: str
    parameters: Mapping[str, object]
    partition: str
    page: int
    rows: int | None
    total: int | None
    more: bool
    status: int
    started_at: datetime
    finished_at: datetime
    vendor_time: datetime | None
    request_id: str
    sha256: str
    size: int
    not_modified: bool
    fault: str


def ledger_line(number: int, call: Call) -> bytes:
    """One request as canonical JSON without a line end. Texts are cut to the length that is kept."""
    return canonical_bytes(
        {
            "fault": call.fault[:300],
            "finished_at": utc_text(call.finished_at),
            "more": call.more,
            "not_modified": call.not_modified,
            "number": number,
            "operation": call.operation[:200],
            "page": call.page,
            "parameters": _exact(call.parameters),
            "partition": call.partition[:200],
            "request_id": call.request_id[:120],
            "rows": call.rows,
            "sha256": call.sha256,
            "size": call.size,
            "started_at": utc_text(call.started_at),
            "status": call.status,
            "total": call.total,
            "vendor_time": utc_text(call.vendor_time) if call.vendor_time else None,
        }
    )


def ledger_digest(lines: Iterable[bytes]) -> str:
    """SHA-256 over the lines, each ended by a newline, as 64 hexadecimal digits; that of nothing where no request was made."""
    running = hashlib.sha256()
    for line in lines:
        running.update(line + b"\n")
    return running.hexdigest()


def _exact(value: Any) -> Any:
    """JSON in the one spelling that survives PostgreSQL's jsonb: there 1.0e3 is 1000, and large numbers are exact; no NUL in text."""
    if isinstance(value, Mapping):
        return {_exact(str(key)): _exact(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_exact(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_INTEGER:
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value).replace("\x00", "")
