"""Streams and their coverage."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from compliance.tenancy import scope
from compliance.tenancy.together import Question, ask
from evidence.models import Coverage, Stream


def cursors_of(source_id: uuid.UUID) -> dict[str, Mapping[str, str]]:
    """Where each incremental stream of a source may go on."""
    return {kind: cursor for kind, cursor in Stream.objects.filter(source_id=source_id).values_list("kind", "cursor") if cursor}


def coverage_of(stream_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Coverage]]:
    """Coverage pieces of streams, in order of time."""
    pieces: dict[uuid.UUID, list[Coverage]] = {stream_id: [] for stream_id in stream_ids}
    for piece in Coverage.objects.filter(stream_id__in=stream_ids).order_by("from_at"):
        pieces[piece.stream_id].append(piece)
    return pieces


def stream_by_id(stream_id: uuid.UUID) -> Stream | None:
    """The stream with its source."""
    return Stream.objects.select_related("source").filter(pk=stream_id).first()


def streams_of_kinds(vendor: str, kinds: Iterable[str]) -> list[Stream]:
    """The streams that provide these kinds of one vendor (of any when `vendor` is empty), with their source."""
    return list(
        Stream.objects.filter(**({"vendor": vendor} if vendor else {}), kind__in=list(kinds)).select_related("source").order_by("kind")
    )


def streams_of_source(source_id: uuid.UUID) -> list[Stream]:
    """All streams of a source by kind."""
    return list(Stream.objects.filter(source_id=source_id).order_by("kind"))


@dataclass(frozen=True, slots=True)
class StreamSight:
    """How well one stream is seen now: until when, when it becomes stale, how completely, and what kept the last run from reading it."""

    vendor: str
    kind: str
    observed_until: datetime | None
    stale_at: datetime | None
    completeness: str
    trouble: str
    trouble_detail: str
    denied: list[str]


def streams_in_sight() -> list[StreamSight]:
    """Every stream of the organization with how well it is seen."""
    fields = ("vendor", "kind", "observed_until", "stale_at", "completeness", "trouble", "trouble_detail", "denied")
    return [StreamSight(*row) for row in Stream.objects.values_list(*fields)]


def unmarked_stale(at: datetime) -> list[tuple[str, str, datetime]]:
    """(vendor, kind, since when) of streams whose time is over at `at` although nobody has marked them yet."""
    return ask(unmarked_stale_asked(at))[0]


def unmarked_stale_asked(at: datetime) -> Question:
    """The question for it, to be asked together with other things."""
    sql = "SELECT vendor, kind, stale_at FROM evidence_stream WHERE organization_id = %s AND stale_at <= %s AND NOT stale_marked"
    return Question(sql, (scope.organization_id(), at), (str, str, datetime.fromisoformat))
