"""Streams and their coverage."""

import uuid
from collections.abc import Iterable, Mapping

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


def streams_of_kinds(vendor: str, kinds: Iterable[str]) -> list[Stream]:
    """The streams that provide these kinds of one vendor, with their source."""
    return list(Stream.objects.filter(vendor=vendor, kind__in=list(kinds)).select_related("source").order_by("kind"))


def streams_of_source(source_id: uuid.UUID) -> list[Stream]:
    """All streams of a source by kind."""
    return list(Stream.objects.filter(source_id=source_id).order_by("kind"))
