"""Gathering a population: the rows out of the records of its streams, and everything that says whether they are all."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from compliance.seal.canonical import fact_bytes
from evidence.models import Run, RunStream, Source, Stream
from evidence.populations.definition import Definition, Feed, Shape
from evidence.populations.gaps import Gap, gaps_of
from evidence.populations.identity import row_id
from evidence.populations.rows import Bounds, History, LeftOut, Row, rows_of_subject
from evidence.populations.second import MOST_ROWS, SECONDS
from evidence.populations.sequence import Numbers
from evidence.populations.spool import Spool
from evidence.selectors.histories import (
    calls_made,
    coverage_pieces,
    held_at,
    histories_of,
    is_read,
    latest_facts,
    operations_of,
    readings_between,
    streams_feeding,
)

Progress = Callable[[str, int], None]
TELL_EVERY = 1000
MOST_CALLS = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be gathered: the definition with the reader's words, the streams that feed it, the bounds, and as of when it is known."""

    definition: Definition
    options: Mapping[str, tuple[str, ...]]
    source: Source | None
    streams: tuple[Stream, ...]
    bounds: Bounds
    known_at: datetime
    told_from: datetime  # readings and gaps are told from here on: of a top-up, only of what it adds

    @property
    def until_at(self) -> datetime:
        """Where the rows end: the period's end, or now where that is still to come."""
        return self.bounds.until_at


@dataclass(slots=True)
class Gathered:
    """What was gathered beside the rows themselves."""

    systems: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    streams: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    sequence: list[dict[str, Any]] = field(default_factory=list)
    reconciliation: dict[str, Any] = field(default_factory=dict)
    independent_count: int | None = None


def plan_of(
    definition: Definition,
    *,
    source: Source | None,
    from_at: datetime,
    until_at: datetime,
    zone: Any,
    options: Mapping[str, tuple[str, ...]],
    known_at: datetime,
    told_from: datetime | None = None,
) -> Plan:
    """A plan; the end of the period is moved to `known_at` where it lies ahead."""
    chosen = definition.chosen(options)
    streams = tuple(streams_feeding(list(chosen.kinds), source.pk if source else None)) if chosen.kinds else ()
    return Plan(chosen, options, source, streams, Bounds(from_at, min(until_at, known_at), zone), known_at, told_from or from_at)


def gather(plan: Plan, spool: Spool, progress: Progress) -> Gathered:
    """Put every row into the spool and tell what is known of their completeness. Must run inside one reading transaction, so that all
    of it speaks of the same instant. Raises TooManyChanges."""
    gathered = Gathered()
    second = SECONDS[plan.definition.second]() if plan.definition.second else None
    done = 0
    for stream in plan.streams:
        pieces = coverage_pieces(stream.pk)
        seen_from = pieces[0][0] if pieces else None
        for feed in plan.definition.feeds:
            if feed.kind != stream.kind:
                continue
            numbers = Numbers(feed.sequence) if feed.sequence else None
            for history in histories_of(stream.pk, plan.known_at, seen_from):
                done += 1
                if done % TELL_EVERY == 0:
                    progress("reading records", done)
                _count_number(numbers, history, feed, plan.bounds)
                for found in rows_of_subject(history, feed, plan.bounds):
                    if isinstance(found, LeftOut):
                        gathered.left_out[f"{stream}: {found.reason}"] += 1
                        continue
                    row = _row(plan.definition, feed, stream, history, found)
                    gathered.systems[row["system"]] += 1
                    spool.add(row["id"], fact_bytes(row))
                    if second is not None and spool.rows <= MOST_ROWS:
                        second.add(row)
            if numbers is not None:
                gathered.sequence.append({"system": system_of(stream), **numbers.told()})
        progress("looking for gaps", done)
        gathered.streams.append(_stream_told(plan, stream, pieces))
        gaps = gaps_of(pieces, plan.told_from, plan.until_at, timedelta(seconds=stream.staleness_seconds))
        gathered.gaps.extend({"system": system_of(stream), "fact": stream.kind, **each.told()} for each in gaps)
    progress("comparing with a second source", done)
    gathered.reconciliation = _reconciled(plan, second, spool.rows)
    gathered.independent_count = _independent_count(plan, gathered)
    return gathered


def gaps_between(stream: Stream, from_at: datetime, until_at: datetime) -> list[Gap]:
    """Gaps of one stream's coverage."""
    return gaps_of(coverage_pieces(stream.pk), from_at, until_at, timedelta(seconds=stream.staleness_seconds))


def system_of(stream: Stream) -> str:
    """The system as a population names it: vendor and the account as the vendor reports it."""
    return f"{stream.vendor}/{stream.source.account}"


def _row(definition: Definition, feed: Feed, stream: Stream, history: History, found: Row) -> dict[str, Any]:
    fact = found.change.fact or {}
    row: dict[str, Any] = dict.fromkeys(definition.columns)
    row |= {
        "id": row_id(stream.vendor, stream.source.account, stream.kind, history.key, found.mark),
        "system": system_of(stream),
        "fact": stream.kind,
        "name": fact.get("name") or history.name,
        "subject_id": history.subject_id,
        "record_id": found.change.record_id,
        **found.dates,
    }
    for column in feed.columns:
        row[column.name] = _value(column.path, fact, found.part)
    return row


def _value(path: str, fact: Mapping[str, Any], part: Mapping[str, Any] | None) -> Any:
    if path.startswith("part."):
        return (part or {}).get(path.removeprefix("part."))
    return fact.get(path)


def _count_number(numbers: Numbers | None, history: History, feed: Feed, bounds: Bounds) -> None:
    """Every dated fact of the period counts for the sequence, whether the filters take it or not."""
    if numbers is None:
        return
    last = next((each.fact for each in reversed(history.changes) if each.fact is not None), None)
    value = last.get(feed.date) if last else None
    try:
        inside = isinstance(value, str) and bool(value) and bounds.from_at <= datetime.fromisoformat(value) < bounds.until_at
    except (ValueError, TypeError):
        return
    if inside and last is not None:
        numbers.add(last)


def _stream_told(plan: Plan, stream: Stream, pieces: list[tuple[datetime, datetime]]) -> dict[str, Any]:
    readings = readings_between(stream.pk, plan.told_from, plan.until_at)
    whole = [each for each in readings if each.outcome == "complete"]
    last = whole[-1] if whole else None
    return {
        "stream": str(stream.pk),
        "fact": stream.kind,
        "system": system_of(stream),
        "account_name": stream.source.account_name,
        "mode": stream.mode,
        "completeness": stream.completeness,
        "staleness_seconds": stream.staleness_seconds,
        "trouble": stream.trouble,
        "denied": stream.denied,
        "first_read_at": _text(pieces[0][0]) if pieces else "",
        "readings": len(readings),
        "whole": len(whole),
        "received": sum(each.received for each in readings),
        "duplicates": sum(each.duplicates for each in readings),
        "skips": sorted({tuple(map(str, skip)) for each in readings for skip in each.skips})[:20],
        "collectors": sorted({f"{each.run.vendor} {each.run.connector_version}" for each in readings}),
        "principals": sorted({each.run.principal for each in readings if each.run.principal}),
        "first_run": _run_told(readings[0].run) if readings else None,
        "last_run": _run_told(last.run) if last else None,
        "independent": _independent(stream, last) if last else None,
        "calls": _calls_told(stream.pk, last.run_id) if last else [],
    }


def _run_told(run: Run) -> dict[str, str]:
    return {"id": str(run.pk), "started_at": _text(run.started_at), "observed_at": _text(run.observed_at) if run.observed_at else ""}


def _independent(stream: Stream, reading: RunStream) -> dict[str, Any]:
    """The vendor's own total against what was received and what the records hold, all of one whole reading."""
    at = reading.run.observed_at or reading.run.started_at
    distinct = reading.received - reading.duplicates
    held = held_at(stream.pk, at) if stream.mode == "snapshot" else None
    return {"at": _text(at), "vendor_total": reading.expected, "received": distinct, "duplicates": reading.duplicates, "held": held}


def _calls_told(stream_id: uuid.UUID, run_id: uuid.UUID) -> list[dict[str, Any]]:
    return [
        {
            "operation": each.operation, "parameters": each.parameters, "different": each.different, "calls": each.calls, "rows": int(each.rows),
            "pages": each.pages, "announced": each.announced, "partitions": each.partitions, "total": each.total, "faulty": each.faulty,
            "vendor_first": _text(each.vendor_first) if each.vendor_first else "", "vendor_last": _text(each.vendor_last) if each.vendor_last else "",
        }
        for each in calls_made(run_id, operations_of(stream_id))[:MOST_CALLS]
    ]  # fmt: skip


def _reconciled(plan: Plan, second: Any, rows: int) -> dict[str, Any]:
    if second is None:
        return {"missing": "For this kind of population no second source is known."}
    if not is_read(second.KIND):
        return {"with": second.SOURCE, "missing": f"No source gives it yet (fact {second.KIND})."}
    if rows > MOST_ROWS:
        return {"with": second.SOURCE, "missing": f"More than {MOST_ROWS:,} rows are not compared one by one."}
    return second.finish(lambda kind: _latest(kind, plan.known_at), plan.bounds)


def _latest(kind: str, known_at: datetime) -> Iterator[Mapping[str, Any]]:
    yield from latest_facts(kind, known_at)


def _independent_count(plan: Plan, gathered: Gathered) -> int | None:
    """The vendors' own totals, summed, where they count the same: every stream gives one, and the filters left nothing out."""
    if any(feed.shape is not Shape.STAY for feed in plan.definition.feeds) or not gathered.streams or gathered.left_out:
        return None
    totals = [each["independent"]["vendor_total"] if each["independent"] else None for each in gathered.streams]
    return sum(totals) if all(each is not None for each in totals) else None  # type: ignore[arg-type]


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
