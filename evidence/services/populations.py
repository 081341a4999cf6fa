"""Populations: draft, freeze, top up, review.

A draft is computed and shown, never kept. Freezing is long work: it is asked for (a due row), done by a worker, and ends in one action that
keeps both files, the row of the population and its statement in the log. Nothing is held in memory but a bounded piece of the rows.
"""

import heapq
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

import orjson
from django.core.cache import cache
from django.core.exceptions import ValidationError

from compliance.seal.digest import sha256
from compliance.tenancy import scope
from compliance.tenancy.models import Organization
from compliance.tenancy.reading import reading
from compliance.trail.action import action
from compliance.trail.actor import Actor, ActorKind
from compliance.trail.names import ActionName
from compliance.vault.services.blobs import _keep_blobs
from compliance.vault.services.statements import _state
from compliance.vault.services.streams import StoredFile, store_file
from evidence.models import Freezing, Population, PopulationReview, Source
from evidence.populations.catalogue import UnknownPopulation, definition_of
from evidence.populations.definition import Definition
from evidence.populations.files import DuplicateRow, Written, write_files
from evidence.populations.spool import Spool
from evidence.selectors.histories import TooManyChanges, records_in
from evidence.selectors.populations import chain_of, lines_of, population_by_id, progress_key
from evidence.services.gathering import Gathered, Plan, Progress, gather, plan_of

MOST_BYTES = 8 * 1024**3
DRAFTED_AT_ONCE = 50_000
SHOWN = 25
ALIVE_SECONDS = 120
PROGRESS_SECONDS = 24 * 3600
MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What a population is asked for with."""

    kind: str
    from_at: datetime
    until_at: datetime
    zone: ZoneInfo
    source: Source | None = None
    options: Mapping[str, tuple[str, ...]] | None = None
    previous: Population | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be frozen now. `rows` is None where there are too many records to count while somebody waits; freezing counts them.
    `first` are the first rows in order of their ids."""

    plan: Plan
    rows: int | None
    first: tuple[Mapping[str, Any], ...]
    gathered: Gathered


def draft_population(asked: Asked, *, now: datetime) -> Draft:
    """Look at the population without keeping anything. Raises ValidationError for what cannot be asked."""
    plan = _planned(asked, now)
    with reading(), Spool() as spool:
        if records_in([each.pk for each in plan.streams], DRAFTED_AT_ONCE + 1) > DRAFTED_AT_ONCE:
            return Draft(plan, None, (), Gathered())
        gathered = gather(plan, spool, _untold)
        rows, first, _late, _withdrawn = _counted(spool, asked.previous)
        return Draft(plan, rows, first, gathered)


def ask_freeze(asked: Asked, *, actor: Actor, title: str, now: datetime) -> Freezing:
    """Have a population frozen by a worker. Raises ValidationError."""
    plan = _planned(asked, now)
    if not plan.streams:
        raise ValidationError(f"Nothing feeds this population yet. {plan.definition.missing}")
    title = " ".join(title.split())[:200] or _title(plan)
    with action(ActionName.POPULATION_ASKED, actor=actor, subject_name=title, detail={"kind": asked.kind}):
        return Freezing.objects.create(
            kind=asked.kind,
            source_id=asked.source.pk if asked.source else None,
            from_at=asked.from_at,
            until_at=asked.until_at,
            options={name: list(words) for name, words in (asked.options or {}).items()},
            title=title,
            previous_id=asked.previous.pk if asked.previous else None,
            asked_by=actor.name[:200],
            actor_kind=actor.kind,
            actor_id=actor.id,
            asked_at=now,
        )


def freeze_due(*, now: datetime) -> list[Population]:
    """Freeze everything that waits or was left by a worker that died. A failure is kept with its reason and hinders no other."""
    frozen = []
    zone = Organization.objects.get(pk=scope.organization_id()).zone
    for freezing in Freezing.objects.filter(state__in=["waiting", "running"]).order_by("asked_at"):
        if not cache.add(_alive_key(freezing), 1, ALIVE_SECONDS):
            continue  # another worker is at it and lives
        try:
            frozen.append(_freeze(freezing, zone, now))
        except (ValidationError, TooManyChanges, DuplicateRow, ValueError, LookupError, OSError) as error:
            _note(freezing, state="failed", trouble="; ".join(getattr(error, "messages", [str(error)]))[:2000])
        finally:
            cache.delete(_alive_key(freezing))
    return frozen


def retry_freeze(freezing: Freezing, *, actor: Actor) -> None:
    """Let a failed freezing wait again. Raises ValidationError when it did not fail."""
    if freezing.state != "failed":
        raise ValidationError("Only a freezing that failed can be tried again.")
    with action(ActionName.POPULATION_ASKED, actor=actor, subject_name=freezing.title, detail={"kind": freezing.kind, "again": True}):
        _note(freezing, state="waiting", trouble="")


def drop_freeze(freezing: Freezing, *, actor: Actor) -> None:
    """Take a failed or waiting freezing off the list. Raises ValidationError while it runs or when it is done."""
    if freezing.state not in ("failed", "waiting"):
        raise ValidationError("This population is being frozen now, or is frozen; it cannot be taken off the list.")
    with action(ActionName.POPULATION_ASKED, actor=actor, subject_name=freezing.title, detail={"kind": freezing.kind, "dropped": True}):
        freezing.delete()


def review_population(population: Population, *, actor: Actor, note: str, now: datetime) -> PopulationReview:
    """Say that somebody looked at completeness and accuracy of a frozen population. Raises ValidationError without words."""
    note = note.strip()[:4000]
    if not note:
        raise ValidationError("Say what you compared and what came of it: whoever reads the sheet later relies on these words.")
    with action(ActionName.POPULATION_REVIEWED, actor=actor, subject=population, reason=note):
        review = PopulationReview.objects.create(population=population, reviewed_by=actor.name[:200], reviewed_at=now, note=note)
        _state("population", review.pk, now, {"population": str(population.pk), "reviewed_by": actor.name, "note": note})
    return review


def _freeze(freezing: Freezing, zone: ZoneInfo, now: datetime) -> Population:
    actor = Actor(ActorKind(freezing.actor_kind), freezing.asked_by, freezing.actor_id)
    _note(freezing, state="running", trouble="")

    def progress(stage: str, rows: int) -> None:
        cache.set(_alive_key(freezing), 1, ALIVE_SECONDS)
        cache.set(progress_key(freezing.pk), {"stage": stage, "rows": rows}, PROGRESS_SECONDS)

    asked = _asked_again(freezing, zone)
    return freeze_population(asked, actor=actor, title=freezing.title, now=now, progress=progress, freezing=freezing)


def freeze_population(
    asked: Asked, *, actor: Actor, title: str, now: datetime, progress: Progress | None = None, freezing: Freezing | None = None
) -> Population:
    """Freeze at once. The rows and all that is said about them come from one transaction; files go to the vault before the action, so that
    no transaction waits for a disk. Raises ValidationError, DuplicateRow, TooManyChanges; then nothing is kept."""
    tell = progress or _untold
    plan = _planned(asked, now)
    if not plan.streams:
        raise ValidationError(f"Nothing feeds this population yet. {plan.definition.missing}")
    with ExitStack() as files:
        jsonl, table = files.enter_context(tempfile.TemporaryFile()), files.enter_context(tempfile.TemporaryFile())
        with reading(), Spool() as spool:
            gathered = gather(plan, spool, tell)
            added = _Added(spool.ordered(), asked.previous)
            written = write_files(added, plan.definition.columns, jsonl, table, lambda rows: tell("writing rows", rows))
        tell("keeping files", written.rows)
        kept = _stored(jsonl), _stored(table)
    population = _population(plan, asked, title, written, gathered, kept, added, actor, now)
    with action(
        ActionName.POPULATION_FROZEN, actor=actor, subject=population, detail={"rows": written.rows, "ids_digest": written.ids_digest}
    ):
        _keep_blobs({kept[0].digest: kept[0].size}, "application/jsonl")
        _keep_blobs({kept[1].digest: kept[1].size}, "text/csv")
        population.save(force_insert=True)
        _state("population", population.pk, now, _statement(population))
        if freezing is not None:
            _note(freezing, state="done", population_id=population.pk)
    return population


class _Added:
    """The rows that earlier populations of the chain do not hold, in order. Both sides are sorted: nothing is held but one row of each.
    `withdrawn` counts rows of earlier ones that would not be in a population of the whole time now: a date was corrected since."""

    def __init__(self, rows: Iterator[tuple[bytes, bytes]], previous: Population | None) -> None:
        self._rows = rows
        self._previous = previous
        self._edge = previous.until_at if previous else None
        self.withdrawn = 0
        self.late = 0

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        if self._previous is None:
            yield from self._rows
            return
        held = _ids_of_chain(self._previous)
        known = next(held, None)
        for row_id, line in self._rows:
            while known is not None and known < row_id:
                self.withdrawn += 1
                known = next(held, None)
            if known == row_id:
                known = next(held, None)
                continue
            self.late += self._is_late(line)
            yield row_id, line
        self.withdrawn += (known is not None) + sum(1 for _each in held)

    def _is_late(self, line: bytes) -> bool:
        row = orjson.loads(line)
        at = row.get("at") or row.get("present_from")
        try:
            return bool(at) and self._edge is not None and _instant(at) < self._edge
        except ValueError:
            return False


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _ids_of_chain(population: Population) -> Iterator[bytes]:
    chain = chain_of(population)
    yield from heapq.merge(*(_ids_of(each) for each in chain))


def _ids_of(population: Population) -> Iterator[bytes]:
    for line in lines_of(population):
        yield orjson.loads(line)["id"].encode()


def _counted(spool: Spool, previous: Population | None) -> tuple[int, tuple[Mapping[str, Any], ...], int, int]:
    added = _Added(spool.ordered(), previous)
    count, first = 0, []
    for _row_id, line in added:
        count += 1
        if len(first) < SHOWN:
            first.append(orjson.loads(line))
    return count, tuple(first), added.late, added.withdrawn


def _planned(asked: Asked, now: datetime) -> Plan:
    try:
        definition = definition_of(asked.kind)
    except UnknownPopulation as error:
        raise ValidationError("There is no population of that kind.") from error
    _check(asked, definition, now)
    from_at = chain_of(asked.previous)[0].from_at if asked.previous else asked.from_at
    return plan_of(
        definition,
        source=asked.source,
        from_at=from_at,
        until_at=asked.until_at,
        zone=asked.zone,
        options=asked.options or {},
        known_at=now,
    )


def _check(asked: Asked, definition: Definition, now: datetime) -> None:
    if asked.until_at <= asked.from_at:
        raise ValidationError("The last day lies before the first one.")
    if asked.from_at >= now:
        raise ValidationError("The period has not begun; there is nothing to freeze yet.")
    names = {each.name for each in definition.options}
    for name, words in (asked.options or {}).items():
        if name not in names or len(words) > MOST_WORDS or any(len(each) > 100 for each in words):
            raise ValidationError(f"Give up to {MOST_WORDS} words of at most 100 characters, separated by commas.")
    if asked.previous is None:
        return
    if asked.previous.kind != asked.kind or asked.previous.source_id != (asked.source.pk if asked.source else None):
        raise ValidationError("A top-up has the kind and the system of what it tops up.")
    if min(asked.until_at, now) <= asked.previous.until_at:
        raise ValidationError("A top-up must end after the population that it tops up.")


def _asked_again(freezing: Freezing, zone: ZoneInfo) -> Asked:
    source = Source.objects.get(pk=freezing.source_id) if freezing.source_id else None
    previous = population_by_id(freezing.previous_id) if freezing.previous_id else None
    options = {name: tuple(words) for name, words in freezing.options.items()}
    return Asked(freezing.kind, freezing.from_at, freezing.until_at, zone, source, options, previous)


def _title(plan: Plan) -> str:
    bounds = plan.bounds
    where = f", {plan.source}" if plan.source else ""
    return f"{plan.definition.title}{where}, {bounds.first_day:%-d %b %Y} – {bounds.last_day:%-d %b %Y}"


def _stored(file: IO[bytes]) -> StoredFile:
    file.seek(0)
    return store_file(file, limit=MOST_BYTES)  # type: ignore[arg-type]


def _population(
    plan: Plan,
    asked: Asked,
    title: str,
    written: Written,
    gathered: Gathered,
    kept: tuple[StoredFile, StoredFile],
    added: _Added,
    actor: Actor,
    now: datetime,
) -> Population:
    previous = asked.previous
    return Population(
        kind=asked.kind,
        title=" ".join(title.split())[:200] or _title(plan),
        source=asked.source,
        from_at=previous.until_at if previous else plan.bounds.from_at,
        until_at=plan.until_at,
        zone=plan.bounds.zone.key,
        definition=_storable({**plan.definition.told(), "options": {name: list(words) for name, words in plan.options.items()}}),
        row_count=written.rows,
        independent_count=gathered.independent_count if previous is None else None,
        ids_digest=written.ids_digest,
        rows_digest=written.rows_digest,
        jsonl=kept[0].digest,
        jsonl_size=kept[0].size,
        csv=kept[1].digest,
        csv_size=kept[1].size,
        gaps=gathered.gaps,
        completeness=_storable({
            "streams": gathered.streams, "systems": dict(gathered.systems), "left_out": dict(gathered.left_out), "sequence": gathered.sequence,
            "duplicates": 0, "first": written.first, "last": written.last, "late": added.late, "withdrawn": added.withdrawn,
            "asked_until": asked.until_at.astimezone(UTC).isoformat(), "earlier": [str(each.pk) for each in chain_of(previous)] if previous else [],
        }),
        reconciliation=_storable(gathered.reconciliation),
        known_at=now,
        frozen_at=now,
        frozen_by=actor.name[:200],
        previous=previous,
    )  # fmt: skip


def _statement(population: Population) -> dict[str, Any]:
    """What stands in the log: everything that identifies the population, with digests of what is too long."""
    return {
        "kind": population.kind, "title": population.title, "from": population.from_at.astimezone(UTC).isoformat(),
        "until": population.until_at.astimezone(UTC).isoformat(), "zone": population.zone, "rows": population.row_count,
        "ids_digest": population.ids_digest, "rows_digest": population.rows_digest, "csv_digest": population.csv,
        "definition_digest": _digest(population.definition), "completeness_digest": _digest(population.completeness),
        "gaps_digest": _digest(population.gaps), "reconciliation_digest": _digest(population.reconciliation),
        "previous": str(population.previous_id or ""),
    }  # fmt: skip


def _storable(value: Any) -> Any:
    """The value as jsonb takes it: hostile text may hold NUL, which PostgreSQL refuses."""
    return orjson.loads(orjson.dumps(value).replace(b"\\u0000", b"\\ufffd"))


def _digest(value: Any) -> str:
    return sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hex()


def _note(freezing: Freezing, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(freezing, name, value)
    freezing.save(update_fields=list(fields))


def _alive_key(freezing: Freezing) -> str:
    return f"population-alive:{freezing.pk}"


def _untold(_stage: str, _rows: int) -> None:
    """Nobody waits to hear."""
