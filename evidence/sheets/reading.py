"""Sheets of what one run read: of a stream as a whole, and of one record."""

import uuid
from collections.abc import Mapping
from typing import Any

from compliance.ui.figures import figure
from compliance.vault.selectors.blobs import UnknownBlob, redactions_of
from compliance.vault.selectors.log import position_of
from evidence.models import Record, Run, RunStream
from evidence.selectors.histories import calls_made, held_at, operations_of
from evidence.sheets.sheet import Sheet, SheetFact, UnknownSubject, fact
from evidence.sheets.words import (
    call_words,
    collector_words,
    completeness_words,
    environment_words,
    instant,
    organization_words,
    page_words,
)

NOBODY = SheetFact(11, ("Nobody is named: single readings are not reviewed one by one; populations and occurrences are",), known=False)


def sheet_of_stream_run(run_id: uuid.UUID, kind: str) -> Sheet:
    """What one run did for one kind of fact. Raises UnknownSubject."""
    reading = _reading(run_id, kind)
    if reading is None:
        raise UnknownSubject(f"run {run_id} read nothing of kind {kind}")
    run, calls = reading.run, _calls(reading)
    return Sheet(
        about="reading",
        id=f"{run_id}/{kind}",
        title=f"{kind.replace('_', ' ').capitalize()} of {_source_words(run)}",
        says=f"One reading of {instant(run.observed_at or run.started_at)}: {reading.outcome}, {figure(reading.received)} rows.",
        facts=(
            *_origin(run, calls),
            fact(3, f"The state as of the reading, {instant(run.observed_at)}; a reading has no period"),
            _clocks(run, calls),
            _who(run, reading, calls),
            _counted(reading, calls),
            _keys_of(reading),
            _skipped(reading),
            fact(9, f"Facts of kind {kind}, field by field from the answers", _changed_words(reading)),
            SheetFact(10, ("A single reading is not reconciled; populations are",), known=False),
            NOBODY,
            _nothing(reading),
        ),
        made_at=instant(run.observed_at or run.started_at),
        organization=organization_words(),
        log_position=position_of(run_id),
        warnings=tuple(f"{each.get('kind')}: {each.get('detail')} {each.get('operation', '')}".strip() for each in reading.faults[:5]),
    )  # fmt: skip


def sheet_of_record(record_id: uuid.UUID) -> Sheet:
    """One record: the fact of one subject from one run on. Raises UnknownSubject."""
    record = Record.objects.select_related("run__source", "subject__stream__source").filter(pk=record_id).first()
    if record is None:
        raise UnknownSubject(f"there is no record {record_id}")
    subject, run = record.subject, record.run
    kind = subject.stream.kind
    reading = _reading(run.pk, kind)
    calls = _calls(reading) if reading else []
    digest = bytes(record.digest).hex() if record.digest else ""
    pages = record.pages.split()
    hashes = [f"Raw answer SHA-256 {page}{_redacted(page)}" for page in pages]
    return Sheet(
        about="record",
        id=str(record.pk),
        title=subject.name or subject.key,
        says=f"{'Absent from a complete reading: gone' if record.gone else 'The fact'} as of {instant(record.observed_at)}, kind {kind}.",
        facts=(
            *_origin(run, calls),
            fact(3, f"In force from {instant(record.observed_at)} until the next record of this subject; state at an instant, no period"),
            _clocks(run, calls),
            _who(run, reading, calls),
            _counted(reading, calls) if reading else fact(6, unknown="the run kept no count of this stream"),
            fact(7, f"Key {subject.key}, once in its stream"),
            _skipped(reading) if reading else fact(8, unknown="the run kept no list of what it left out"),
            fact(9, f"Fact of kind {kind}, version {record.version}, canonical JSON (RFC 8785)", *([f"Fact SHA-256 {digest}"] if digest else []), *hashes),
            SheetFact(10, ("A single record is not reconciled; populations are",), known=False),
            NOBODY,
            fact(12, "Does not apply to a single record"),
        ),
        made_at=instant(record.observed_at),
        organization=organization_words(),
        digests=tuple([("fact", digest)] if digest else []) + tuple((f"raw {number}", page) for number, page in enumerate(pages, start=1)),
        log_position=position_of(record.pk),
    )  # fmt: skip


def _reading(run_id: uuid.UUID, kind: str) -> RunStream | None:
    return RunStream.objects.select_related("run__source", "stream").filter(run_id=run_id, kind=kind).first()


def _calls(reading: RunStream) -> list[Mapping[str, Any]]:
    found = calls_made(reading.run_id, operations_of(reading.stream_id)) or calls_made(reading.run_id, [])
    return [
        {
            "operation": each.operation, "parameters": each.parameters, "different": each.different, "calls": each.calls, "rows": int(each.rows),
            "announced": each.announced, "total": each.total, "faulty": each.faulty, "vendor_last": each.vendor_last,
        }
        for each in found[:40]
    ]  # fmt: skip


def _source_words(run: Run) -> str:
    return f"{run.vendor}/{run.source.account}" if run.source else run.vendor


def _origin(run: Run, calls: list[Mapping[str, Any]]) -> tuple[SheetFact, SheetFact]:
    name = f" ({run.source.account_name})" if run.source and run.source.account_name else ""
    account = f"{_source_words(run)}{name}, as the vendor reported it" if run.source else f"{run.vendor}; the account was not identified"
    queries = [call_words(call) for call in calls] or ["No call of this run is kept in the ledger"]
    return fact(1, account, environment_words()), fact(2, *queries, collector_words(run.vendor, run.connector_version))


def _clocks(run: Run, calls: list[Mapping[str, Any]]) -> SheetFact:
    told = sorted(call["vendor_last"] for call in calls if call["vendor_last"])
    vendor = f"The vendor's clock said {instant(told[-1])} at its last answer" if told else "The vendor's clock was not given"
    return fact(
        4,
        f"Began {instant(run.started_at)}, received {instant(run.observed_at)}, by our clock; run {run.pk}",
        vendor,
        f"Started by {run.started_by}",
    )


def _who(run: Run, reading: RunStream | None, calls: list[Mapping[str, Any]]) -> SheetFact:
    if not run.principal:
        return fact(5, unknown="the vendor names no identity, or facts were brought by a person or program, whom the trail names")
    denied = reading.stream.denied if reading else []
    refused = f"Refused in the latest run: {', '.join(denied)}" if denied else "Nothing that it asked for was refused in the latest run"
    answered = ", ".join(call["operation"] for call in calls if not call["faulty"])
    return fact(5, run.principal, refused, f"What it may see is proven by what was answered: {answered}" if answered else "")


def _counted(reading: RunStream, calls: list[Mapping[str, Any]]) -> SheetFact:
    total = "the vendor gives no total" if reading.expected is None else f"the vendor itself counts {figure(reading.expected)}"
    lines = [f"{figure(reading.received)} rows received; {total}; {completeness_words(reading.completeness)}; outcome {reading.outcome}"]
    if reading.stream.mode == "snapshot" and reading.run.observed_at:
        lines.append(f"The records held {figure(held_at(reading.stream_id, reading.run.observed_at))} at that instant")
    return fact(6, *lines, *(page_words(call) for call in calls))


def _changed_words(reading: RunStream) -> str:
    return f"{figure(reading.changed)} were new or changed and have records, {figure(reading.gone)} are gone; what did not change has its old record"


def _keys_of(reading: RunStream) -> SheetFact:
    return fact(
        7,
        f"{figure(reading.duplicates)} rows came twice and were taken once; names of subjects are no sequence, there is no hole to look for",
    )


def _skipped(reading: RunStream) -> SheetFact:
    return fact(
        8,
        *(f"Left out: {': '.join(map(str, skip))}" for skip in reading.skips[:20]),
        *([] if reading.skips else ["Nothing was left out; no filter"]),
    )


def _nothing(reading: RunStream) -> SheetFact:
    if reading.received:
        return fact(12, "Does not apply: rows were received")
    return fact(12, f"The vendor answered and listed nothing; outcome {reading.outcome}")


def _redacted(page: str) -> str:
    try:
        removed = redactions_of(page)
    except (UnknownBlob, ValueError):
        return " (not kept)"
    return f", after removing {', '.join(removed)}" if removed else ""
