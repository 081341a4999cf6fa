"""Frozen populations and what is on its way to become one."""

import uuid
from collections.abc import Iterator
from typing import Any

import orjson
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet

from compliance.vault.selectors.blobs import open_blob
from evidence.models import Freezing, Population, PopulationReview

MOST_LINE = 8 * 1024 * 1024


def frozen_populations() -> QuerySet[Population]:
    """All frozen populations with their source; page by (-frozen_at, -id)."""
    return Population.objects.select_related("source")


def population_by_id(population_id: uuid.UUID) -> Population | None:
    """The frozen population of that id."""
    return Population.objects.select_related("source", "previous").filter(pk=population_id).first()


def populations_named(part: str, limit: int) -> list[Population]:
    """Frozen populations whose title contains `part`, the latest first."""
    return list(Population.objects.filter(title__icontains=part).order_by("-frozen_at", "-id")[:limit])


def chain_of(population: Population) -> list[Population]:
    """The population and those that it tops up, the first one first."""
    chain = [population]
    while chain[-1].previous_id is not None:
        chain.append(Population.objects.get(pk=chain[-1].previous_id))
    return chain[::-1]


def top_ups_of(population_id: uuid.UUID) -> list[Population]:
    """What tops this one up directly."""
    return list(Population.objects.filter(previous_id=population_id).order_by("frozen_at"))


def reviews_of(population_id: uuid.UUID) -> list[PopulationReview]:
    """Who reviewed it, latest first."""
    return list(PopulationReview.objects.filter(population_id=population_id).order_by("-reviewed_at"))


def lines_of(population: Population) -> Iterator[bytes]:
    """The lines of the JSONL file without their ends, streamed from the vault and verified at the end. Raises what `open_blob` raises, and
    ValueError for a line that no freezing would have written."""
    left = b""
    for piece in open_blob(population.jsonl):
        *lines, left = (left + piece).split(b"\n")
        if len(left) > MOST_LINE:
            raise ValueError("a line of this population is longer than any row may be")
        yield from lines
    if left:
        yield left


def rows_of(population: Population) -> Iterator[dict[str, Any]]:
    """The rows of a frozen population in order of their ids."""
    for line in lines_of(population):
        yield orjson.loads(line)


def freezing_by_id(freezing_id: uuid.UUID) -> Freezing | None:
    """What was asked for under that id."""
    return Freezing.objects.filter(pk=freezing_id).first()


def open_freezings() -> list[Freezing]:
    """What waits, runs or failed, latest first."""
    return list(Freezing.objects.exclude(state="done").order_by("-asked_at")[:20])


def progress_of(freezing_id: uuid.UUID) -> dict[str, Any]:
    """How far a freezing is: `stage` in words and `rows` done; empty when nothing is known."""
    return cache.get(progress_key(freezing_id)) or {}


def progress_key(freezing_id: uuid.UUID) -> str:
    """Where progress lies in the cache."""
    return f"population-progress:{freezing_id}"


def organizations_to_freeze() -> list[uuid.UUID]:
    """Asked without a scope by the tick: who has a population to freeze."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organization_id FROM plumbline_organizations_to_freeze()")
        return [row[0] for row in cursor.fetchall()]
