"""Reading items of evidence: only those that the asking role may know of."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Q, QuerySet

from compliance.tenancy import scope
from compliance.tenancy.together import Question
from evidence.models import Item, ItemVersion, Scan

SOON = timedelta(days=14)
MOST_FOUND = 500  # hits of a search; more are not ranked but cut, newest first
COUNTED = 1000  # rows of a filtered list up to which they are counted
FRESHNESS = ("overdue", "due", "fresh", "none")
SORTS = {"changed": ("-revision",), "title": ("title", "id"), "due": ("due_at", "id"), "received": ("-received_at", "-id")}
KEPT = 3600  # seconds for which counts of an unchanged library are kept
_WORD = re.compile(r"[\w.@-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Hits of a search by relevance, best first. `fuzzy`: nothing has the words, these titles look alike. `cut`: there are more."""

    relevance: dict[uuid.UUID, float]
    fuzzy: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items of each sort there are, over all that the role may know of."""

    total: int
    kinds: dict[str, int]
    confidentialities: dict[str, int]
    owners: dict[str, int]
    tags: dict[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """The library's revision, which changes whenever an item or a link does (None while it is empty), and what is or soon will be due."""

    revision: uuid.UUID | None
    overdue: int
    due: int


def visible(role: str | None) -> QuerySet[Item]:
    """Items that members of this role may know of; of no role: those that are open to every reader of the programme."""
    return Item.objects.filter(roles__contains=[role]) if role is not None else Item.objects.filter(confidentiality="open")


def item_by_id(item_id: uuid.UUID, *, role: str | None = None) -> Item | None:
    """The item with its owner, None where the role may not know of it."""
    return visible(role).select_related("owner__user").filter(pk=item_id).first()


def items_by_id(item_ids: Iterable[uuid.UUID], *, role: str | None = None) -> dict[uuid.UUID, Item]:
    """Those of these items that the role may know of, by id."""
    return {each.pk: each for each in visible(role).filter(pk__in=list(item_ids))}


def versions_of(item_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[ItemVersion]]:
    """All versions of these items, the latest first. Ask only for items that the reader may know of."""
    versions: dict[uuid.UUID, list[ItemVersion]] = defaultdict(list)
    for each in ItemVersion.objects.filter(item_id__in=list(item_ids)).order_by("item_id", "-number"):
        versions[each.item_id].append(each)
    return versions


def current_versions(item_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ItemVersion]:
    """The latest version of each of these items. Ask only for items that the reader may know of."""
    latest = ItemVersion.objects.filter(item_id__in=list(item_ids)).order_by("item_id", "-number").distinct("item_id")
    return {each.item_id: each for each in latest}


def version_of(item_id: uuid.UUID, number: int) -> ItemVersion | None:
    """One version of an item. Ask only for an item that the reader may know of."""
    return ItemVersion.objects.filter(item_id=item_id, number=number).first() if number < 2**31 else None


def scans_of(digests: Iterable[str]) -> dict[str, Scan]:
    """What the scanner said, by digest."""
    return {each.digest: each for each in Scan.objects.filter(digest__in=list(digests))}


def freshness_of(due_at: datetime | None, at: datetime) -> str:
    """`none` without a cadence; else `overdue`, `due` within two weeks, or `fresh`: derived, so that no job has to turn it."""
    if due_at is None:
        return "none"
    if due_at <= at:
        return "overdue"
    return "due" if due_at <= at + SOON else "fresh"


def of_freshness(items: QuerySet[Item], freshness: str, at: datetime) -> QuerySet[Item]:
    """Those of one freshness."""
    if freshness == "overdue":
        return items.filter(due_at__lte=at)
    if freshness == "due":
        return items.filter(due_at__gt=at, due_at__lte=at + SOON)
    return items.filter(due_at__gt=at + SOON) if freshness == "fresh" else items.filter(due_at=None)


def found_items(words: str, tag: str, *, role: str) -> Found:
    """Ids of items that have all words (the last may be a beginning) in title, description, tags, file name or content, or the words in a
    row in the title; where nothing has, items whose title looks alike. Restricted to a tag where one is given."""
    lexemes = [each for each in (word.strip(".@-") for word in _WORD.findall(words)) if each]
    if not lexemes and not tag:
        return Found({}, fuzzy=False, cut=False)
    query = " & ".join([*(f"'{_quoted(each)}'" for each in lexemes[:-1]), *(f"'{_quoted(each)}':*" for each in lexemes[-1:])])
    rows = _asked(role, query, _like(words), tag) if lexemes else _asked(role, "", "", tag)
    if rows or not lexemes:
        return Found(dict(rows[:MOST_FOUND]), fuzzy=False, cut=len(rows) > MOST_FOUND)
    alike = _asked(role, "", " ".join(lexemes), tag)
    return Found(dict(alike[:MOST_FOUND]), fuzzy=True, cut=len(alike) > MOST_FOUND)


def standing_of_library(role: str, at: datetime) -> Question:
    """The question for how the library stands, as one Standing."""
    sql = """
    SELECT (SELECT revision FROM evidence_item WHERE organization_id = %s ORDER BY revision DESC LIMIT 1)::text,
      (SELECT count(*) FROM evidence_item WHERE organization_id = %s AND due_at <= %s AND %s = ANY(roles)),
      (SELECT count(*) FROM evidence_item WHERE organization_id = %s AND due_at > %s AND due_at <= %s AND %s = ANY(roles))
    """
    here = scope.organization_id()
    params = (here, here, at, role, here, at, at + SOON, role)
    return Question(sql, params, (uuid.UUID, int, int), lambda row: Standing(*row))


def counts_of(role: str, stamp: uuid.UUID | None) -> Counts:
    """Counts over all items of the role. `stamp` is the library's revision: they are kept until it is another."""
    if stamp is None:
        return Counts(0, {}, {}, {}, {})
    key = f"items:{scope.organization_id()}:{role}:{stamp}"
    kept = cache.get(key)
    if kept is None:
        kept = _counted(role)
        cache.set(key, kept, KEPT)
    return Counts(*kept)


def other_filters(items: QuerySet[Item], given: Mapping[str, Any], at: datetime) -> QuerySet[Item]:
    """Filters of plain columns: `kind`, `confidentiality`, `owner` (a member's id, or `none`), `freshness`."""
    wanted = Q()
    if given.get("kind"):
        wanted &= Q(kind=given["kind"])
    if given.get("confidentiality"):
        wanted &= Q(confidentiality=given["confidentiality"])
    if given.get("owner"):
        wanted &= Q(owner=None) if given["owner"] == "none" else Q(owner_id=given["owner"])
    items = items.filter(wanted)
    return of_freshness(items, given["freshness"], at) if given.get("freshness") else items


def _asked(role: str, query: str, part: str, tag: str) -> list[tuple[uuid.UUID, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item_id, relevance FROM plumbline_found_items(%s, %s, %s, %s, %s) ORDER BY relevance DESC, item_id DESC",
            [role, query, part, tag, MOST_FOUND + 1],
        )
        return cursor.fetchall()


def _counted(role: str) -> tuple[int, dict[str, int], dict[str, int], dict[str, int], dict[str, int]]:
    sql = """
    WITH mine AS MATERIALIZED (
      SELECT kind, confidentiality, owner_id, tags FROM evidence_item WHERE organization_id = %s AND %s = ANY(roles)
    )
    SELECT 'kind', kind, count(*) FROM mine GROUP BY kind
    UNION ALL SELECT 'confidentiality', confidentiality, count(*) FROM mine GROUP BY confidentiality
    UNION ALL SELECT 'owner', coalesce(owner_id::text, 'none'), count(*) FROM mine GROUP BY owner_id
    UNION ALL (SELECT 'tag', tag, count(*) FROM mine, unnest(tags) AS tag GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 100)
    """
    counts: dict[str, dict[str, int]] = {name: {} for name in ("kind", "confidentiality", "owner", "tag")}
    with connection.cursor() as cursor:
        cursor.execute(sql, [scope.organization_id(), role])
        for name, value, count in cursor.fetchall():
            counts[name][value] = count
    return sum(counts["kind"].values()), counts["kind"], counts["confidentiality"], counts["owner"], counts["tag"]


def _quoted(word: str) -> str:
    return word.replace("\\", "").replace("'", "")


def _like(words: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", " ".join(words.split()))[:200]
