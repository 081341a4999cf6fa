"""What a package takes out of the log: statements and leaves of many things, and proofs that lead to one checkpoint."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache

from django.db.models import Q

from compliance.seal.leaf import Leaf as LeafText
from compliance.seal.tiles import inclusion_from_tiles
from compliance.vault.models import Checkpoint, Leaf, Statement
from compliance.vault.selectors.log import read_tile

AT_ONCE = 500
FEW = 50  # statements of verdicts hold up to a thousand changes each


def latest_checkpoint() -> Checkpoint | None:
    """The latest signed checkpoint, None before the first."""
    return Checkpoint.objects.order_by("-size").first()


def statements_about(refs: Iterable[uuid.UUID]) -> Iterator[Statement]:
    """Every statement about any of these, by what they are about and time."""
    wanted = list(refs)
    for start in range(0, len(wanted), AT_ONCE):
        yield from Statement.objects.filter(ref__in=wanted[start : start + AT_ONCE]).order_by("ref", "id")


def verdict_statements(words: Iterable[str], start: datetime, until: datetime) -> Iterator[Statement]:
    """Statements of changed verdicts between two instants whose payload holds any of these words (ids of checks); all without words.
    Read by the fifty, each in a statement of its own: a package is sent while no transaction is open."""
    wanted = list(words)
    rows = Statement.objects.filter(kind="verdicts", at__gte=start, at__lt=until).order_by("at", "id")
    batch = list(rows[:FEW])
    while batch:
        yield from (each for each in batch if not wanted or any(word in (each.payload or "") for word in wanted))
        last = batch[-1]
        batch = list(rows.filter(Q(at__gt=last.at) | Q(at=last.at, id__gt=last.id))[:FEW])


def receipts_of(refs: Iterable[uuid.UUID], checkpoint: Checkpoint) -> Iterator[tuple[str, int, list[bytes]]]:
    """(leaf's canonical text, position, inclusion proof) of every leaf about any of these, all up to one checkpoint. What is not sealed in
    it is left out."""
    tile = lru_cache(maxsize=2000)(read_tile)
    wanted = list(refs)
    for start in range(0, len(wanted), AT_ONCE):
        leaves = Leaf.objects.filter(ref__in=wanted[start : start + AT_ONCE], position__lt=checkpoint.size).order_by("position")
        for leaf in leaves:
            text = LeafText(kind=leaf.kind, id=str(leaf.ref), time=leaf.at, hash=bytes(leaf.content_hash)).encode().decode()
            yield text, leaf.position, list(inclusion_from_tiles(leaf.position, checkpoint.size, tile))
