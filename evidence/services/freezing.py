"""Freezing what is observed now: the records of one subject, or of a whole stream, as bytes that stay."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from compliance.tenancy.reading import reading
from evidence.models import Coverage, Record, RunStream, Stream, Subject

MOST = 100_000  # subjects of one snapshot; larger ones are populations
RECORDS = 500  # of one subject, the latest


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a snapshot says: its title, its file name, its lines (JSON, one a line; the first says what the others are), and the instant."""

    title: str
    filename: str
    lines: Iterator[bytes]
    observed_at: datetime | None


def frozen_subject(subject: Subject, at: datetime) -> Frozen:
    """The records of one subject up to `at`, the latest first."""
    records = list(
        Record.objects.filter(subject=subject, observed_at__lte=at).select_related("run").order_by("-observed_at", "-id")[:RECORDS]
    )
    head = _head(subject.stream, at) | {"subject": subject.key, "name": subject.name, "gone_at": _text(subject.gone_at)}
    observed_at = records[0].observed_at if records else None
    return Frozen(
        f"{subject.name or subject.key}, as observed", _named(subject.name or "subject", at), _written(head, records), observed_at
    )


def frozen_stream(stream: Stream, at: datetime) -> Frozen:
    """The current record of each subject of a stream. Raises ValueError where there are more than a snapshot holds."""
    current = Subject.objects.filter(stream=stream, gone_at=None)
    count = current.count()
    if count > MOST:
        raise ValueError(f"The stream has {count:,} subjects; a snapshot holds {MOST:,}. Freeze a population instead.")
    head = _head(stream, at) | {"subjects": count}
    records = Record.objects.filter(pk__in=current.values("record_id")).select_related("subject", "run").order_by("subject_id")
    last = RunStream.objects.filter(stream=stream).select_related("run").order_by("-run__observed_at").first()
    return Frozen(f"{stream}, all as observed", _named(stream.kind, at), _read(head, records), last.run.observed_at if last else None)


def _head(stream: Stream, at: datetime) -> dict[str, Any]:
    source = stream.source
    pieces = Coverage.objects.filter(stream=stream).order_by("-from_at")[:20]
    return {
        "made_at": _text(at), "kind": stream.kind, "vendor": stream.vendor, "observed_until": _text(stream.observed_until),
        "account": source.account if source else "", "account_name": source.account_name if source else "",
        "coverage": [[_text(each.from_at), _text(each.until_at)] for each in pieces],
    }  # fmt: skip


def _read(head: dict[str, Any], records: QuerySet[Record]) -> Iterator[bytes]:
    """In a reading of its own, which lasts as long as somebody takes the lines: nothing else is asked or written meanwhile."""
    with reading():
        yield from _written(head, records.iterator(2000))


def _written(head: dict[str, Any], records: Any) -> Iterator[bytes]:
    yield _line(head)
    for each in records:
        yield _line(
            {
                "subject": each.subject.key, "record": str(each.pk), "observed_at": _text(each.observed_at), "gone": each.gone,
                "fact": json.loads(each.fact) if each.fact else None, "content_hash": bytes(each.content_hash).hex(),
                "raw_pages": each.pages.split(), "run": str(each.run_id), "collector": each.run.connector_version,
            }
        )  # fmt: skip


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _named(name: str, at: datetime) -> str:
    plain = "".join(each if each.isalnum() or each in "-_" else "-" for each in name)[:80].strip("-") or "snapshot"
    return f"{plain}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.jsonl"


def _text(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
