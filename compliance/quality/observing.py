"""The step that looks at the collecting and judging itself, at most once an hour, and records what changed.

Its runs are of the source `quality` and start nothing: it is asked after a collection, never after itself, and no fact of it is made
from its own runs, streams or checks.
"""

import contextlib
import json
import uuid
import zoneinfo
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import connection

from compliance.quality import collection, programme
from compliance.quality.integrity import evidence_sample
from compliance.tenancy import scope
from compliance.tenancy.models import Organization
from compliance.trail.actor import SYSTEM, Actor
from controls.selectors import quality as controls
from controls.services.evaluation import evaluate_run
from evidence.facts.access_scope.v1 import AccessScope
from evidence.facts.check_population.v1 import CheckPopulation
from evidence.facts.clock_offset.v1 import ClockOffset
from evidence.facts.collection_record.v1 import CollectionRecord
from evidence.facts.control_evidence.v1 import ControlEvidence
from evidence.facts.evidence_sample.v1 import EvidenceSample
from evidence.facts.exclusion.v1 import Exclusion
from evidence.facts.fact import Fact
from evidence.facts.judging_logic.v1 import JudgingLogic
from evidence.facts.population_count.v1 import PopulationCount
from evidence.facts.stream_reading.v1 import StreamReading
from evidence.readings import Observed, Reading
from evidence.selectors.demand import demanded_kinds
from evidence.selectors.quality import last_run_at
from evidence.selectors.records import current_facts
from evidence.selectors.streams import streams_in_sight
from evidence.services.runs import Account, end_run, record_run, start_run
from integrations.fed import FED
from integrations.selectors.connections import all_connections

if TYPE_CHECKING:
    from evidence.models import Run

VENDOR = "quality"
DERIVED = frozenset({VENDOR, "people"})  # sources that are made of others: nobody connects them, nothing of them is judged here
VERSION = "1"
EVERY = timedelta(hours=1)
STALE = timedelta(hours=50)  # a connection may be read once a day, and a day may be late
KINDS = (
    CollectionRecord, AccessScope, StreamReading, PopulationCount, CheckPopulation, JudgingLogic, Exclusion, EvidenceSample, ControlEvidence,
    ClockOffset,
)  # fmt: skip


def observe_quality_if_due(now: datetime) -> "Run | None":
    """After a collection: look, unless it was done within the last hour or nobody asks for it."""
    if not set(demanded_kinds(VENDOR)) & {each.KIND for each in KINDS}:
        return None
    with _alone() as alone:
        last = last_run_at(VENDOR)
        return observe_quality(now) if alone and (last is None or now - last >= EVERY) else None


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other worker does this for the organization now."""
    key = [f"plumbline quality {scope.organization_id()}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
        taken = cursor.fetchone()[0]
    try:
        yield taken
    finally:
        if taken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def observe_quality(now: datetime, actor: Actor = SYSTEM) -> "Run":
    """Derive all facts about the organization in scope, record what changed, judge it. Returns the run."""
    organization_id = scope.organization_id()
    facts = _facts(now)
    by_kind: dict[str, list[Fact]] = defaultdict(list)
    for each in facts:
        by_kind[each.KIND].append(each)
    readings = [
        Reading(
            vendor=VENDOR, kind=each.KIND, mode="snapshot", complete=True, completeness="consistent_read",
            observations=[Observed(fact) for fact in by_kind[each.KIND]], staleness_seconds=int(STALE.total_seconds()),
        )
        for each in KINDS
    ]  # fmt: skip
    run = start_run(
        actor=actor, connection_id=uuid.uuid5(organization_id, VENDOR), vendor=VENDOR, connector_version=VERSION,
        kinds=[each.KIND for each in KINDS], started_by="after a collection", now=now,
    )  # fmt: skip
    account = Account(str(organization_id), "Evidence about evidence", "derived from runs, ledgers, versions and the log")
    record_run(actor=actor, run=run, account=account, readings=readings, calls=(), read_page=_no_page, now=now)
    evaluate_run(run, now=now)
    end_run(actor=actor, run=run, now=now)
    return run


def _facts(now: datetime) -> list[Fact]:
    zone = zoneinfo.ZoneInfo(Organization.objects.values_list("time_zone", flat=True).get(pk=scope.organization_id()))
    start = controls.period_start()
    read = [each for each in all_connections() if each.state in ("active", "broken", "paused") and each.vendor not in FED]
    sources = [each.source_id for each in read if each.source_id is not None]
    since = datetime.combine(start, time.min, zone).astimezone(UTC) if start is not None else datetime(2000, 1, 1, tzinfo=UTC)
    seen = collection.connected(sources, since)
    checks = programme.judged_checks(controls.check_rows())
    sights = [each for each in streams_in_sight() if each.vendor not in DERIVED]
    return [
        *collection.collection_records(seen, start, zone, now),
        *collection.access_scopes(seen, [known for _row, known in checks]),
        *collection.stream_readings(seen),
        *collection.population_counts(seen),
        *collection.clock_offsets(seen),
        *programme.check_populations(checks),
        *programme.judging_logics(checks, controls.versions_by_check()),
        *programme.exclusions(controls.waivers_in_force(now)),
        *programme.control_evidence(controls.controls_seen(), sights, now),
        evidence_sample(now, _broken_before()),
    ]


def _broken_before() -> Sequence[str]:
    known = next(iter(current_facts(VENDOR, EvidenceSample.KIND)), None)
    return json.loads(known.fact)["broken"] if known is not None else ()


def _no_page(digest: str) -> bytes:
    raise KeyError(digest)
