"""The request ledger of a run as bytes."""

import uuid
from collections.abc import Iterator

from evidence.ledgers import ledger_digest, ledger_line
from evidence.models import LedgerEntry


def ledger_lines(run_id: uuid.UUID) -> Iterator[bytes]:
    """Each request of a run as a line of canonical JSON, without its line end, in order: `ledger.jsonl` of a package."""
    last = 0
    while page := list(LedgerEntry.objects.filter(run=run_id, number__gt=last).order_by("number")[:2000]):
        yield from (ledger_line(entry.number, entry) for entry in page)
        last = page[-1].number


def ledger_of(run_id: uuid.UUID) -> tuple[int, str]:
    """(requests, digest) of a run's ledger, computed again from its rows."""
    lines = list(ledger_lines(run_id))
    return len(lines), ledger_digest(lines)
