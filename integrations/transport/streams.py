"""Reading the streams of one run: what a connector yields, what went wrong, and whether each stream was read to its end.

Plain Python without a database, so that a run, a one-shot look, the live canary and the contract kit read by the same rules.
"""

from collections.abc import Sequence
from typing import Protocol

from evidence.readings import FaultSeen, Observed, Reading
from integrations.errors import Fault, PartialResult, PermissionMissing, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.contract import Completeness, Connector, Mode, Stream

STALENESS_CADENCES = 3
REPORT_LAG_SECONDS = 4 * 3600  # a consistent report may be as old as its vendor lets it be (AWS credential report: 4 h)
# What a collector may raise on a payload it did not expect. Anything else is a defect of ours and ends the run loudly.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, MemoryError, OSError)


class Progress(Protocol):
    """Where a run tells how far it is."""

    stream: str
    rows: int
    done: list[str]


def read_streams(connector: Connector, context: Context, progress: Progress, cadence_minutes: int) -> tuple[list[Reading], Fault | None]:
    """Read every stream of the context's kinds. A fault of one stream does not stop the others, unless it is the credential's.
    Returns what was read and the fault that ended the run early, if any."""
    readings: list[Reading] = []
    ended: Fault | None = None
    for stream in connector.STREAMS:
        if stream.kind not in context.kinds:
            continue
        if ended is not None:
            readings.append(_unread(connector, stream, ended, cadence_minutes))
            continue
        progress.stream = stream.title
        reading, fault = _read(connector, stream, context, progress, cadence_minutes)
        readings.append(reading)
        progress.done.append(stream.kind)
        if fault is not None and fault.ends_run:
            ended = fault
    return readings, ended


def _read(connector: Connector, stream: Stream, context: Context, progress: Progress, cadence: int) -> tuple[Reading, Fault | None]:
    observations, raised = _observe(connector, stream, context, progress)
    found = list(context.faults(stream.kind))
    whole = raised is None and not any(_breaks(each) for each in found)
    if raised is not None:
        found.append(raised)
    elif (short := _short(context, stream.kind, observations)) is not None:
        found.append(short)
        whole = False
    reading = Reading(
        vendor=connector.KEY, kind=stream.kind, mode=stream.mode.value, complete=whole,
        completeness=context.completeness(stream.kind) or stream.completeness.value, observations=observations,
        expected=context.total(stream.kind), faults=[_seen(each) for each in found], skips=context.skips(stream.kind),
        cursor=context.advanced(stream.kind), staleness_seconds=_staleness(stream, cadence), only=context.only.get(stream.kind),
        denied=frozenset(each.operation for each in found if isinstance(each, PermissionMissing) and each.operation),
        redactions=context.spool.redactions(),
    )  # fmt: skip
    return reading, raised


def _observe(connector: Connector, stream: Stream, context: Context, progress: Progress) -> tuple[list[Observed], Fault | None]:
    observations: list[Observed] = []
    try:
        for each in connector.collect(context, stream.kind):
            observations.append(Observed(each.fact, each.pages, each.observed_at))
            progress.rows += 1
            context.check_cancelled()
    except Fault as raised:
        return observations, raised
    except UNREADABLE as error:
        operation = stream.operations[0] if stream.operations else ""
        return observations, SchemaDrift(f"{type(error).__name__}: {error}", operation=operation)
    return observations, None


def _breaks(fault: Fault) -> bool:
    """Whether a reported fault makes the list itself incomplete. A refused or odd single field keeps the row, the value unknown."""
    return bool(fault.partition) or fault.kind not in ("permission_missing", "schema_drift", "not_licensed")


def _short(context: Context, kind: str, observations: Sequence[Observed]) -> Fault | None:
    total = context.total(kind)
    received = len({each.fact.subject for each in observations})
    if total is None or total == received:
        return None
    return PartialResult(f"the vendor counts {total}, received were {received}")


def _unread(connector: Connector, stream: Stream, fault: Fault, cadence: int) -> Reading:
    return Reading(
        vendor=connector.KEY, kind=stream.kind, mode=stream.mode.value, complete=False, completeness=Completeness.NONE.value,
        faults=[_seen(fault)], staleness_seconds=_staleness(stream, cadence),
    )  # fmt: skip


def _staleness(stream: Stream, cadence_minutes: int) -> int:
    lag = REPORT_LAG_SECONDS if stream.completeness is Completeness.CONSISTENT_READ and stream.mode is Mode.SNAPSHOT else 0
    return STALENESS_CADENCES * cadence_minutes * 60 + lag


def _seen(fault: Fault) -> FaultSeen:
    return FaultSeen(fault.kind, fault.detail.replace("\x00", ""), fault.operation, fault.partition)
