"""What the log says of a run: where it looked, how whole its look was, and the digest of its request ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from compliance.seal.leaf import utc_text
from compliance.vault.services.statements import _state
from evidence.ledgers import ledger_digest, ledger_line
from evidence.models import Run, Source
from evidence.readings import CallMade, Reading
from evidence.services.recording import Recorded


def _state_run(
    run: Run, source: Source | None, readings: Sequence[Reading], recorded: Sequence[Recorded], calls: Sequence[CallMade], at: datetime
) -> None:
    """Inner step of an action: a run was recorded, or failed before it read anything (then without source and readings)."""
    counts = {each.kind: each for each in recorded}
    payload = {
        "account": source.account if source else "",
        "account_name": source.account_name if source else "",
        "calls": len(calls),
        "connection": str(run.connection_id),
        "connector_version": run.connector_version,
        "ledger_digest": ledger_digest(ledger_line(number, call) for number, call in enumerate(calls, start=1)),
        "observed_at": utc_text(run.observed_at) if run.observed_at else None,
        "outcome": run.outcome,
        "principal": run.principal,
        "started_at": utc_text(run.started_at),
        "streams": [_stream(each, counts.get(each.kind)) for each in readings],
        "vendor": run.vendor,
    }
    _state("run", run.pk, at, payload)


def _stream(reading: Reading, recorded: Recorded | None) -> dict[str, Any]:
    return {
        "changed": recorded.changed if recorded else 0,
        "complete": reading.complete,
        "completeness": reading.completeness if reading.complete else "none",
        "expected": reading.expected,
        "faults": sorted({fault.kind for fault in reading.faults}),
        "gone": recorded.gone if recorded else 0,
        "kind": reading.kind,
        "received": recorded.received if recorded else 0,
    }
