"""Judging what changed and what ran out by time; verdict intervals, counters and points in one transaction.

Work is proportional to change: the subjects a run changed, the verdicts whose time is over, the streams that became stale or are seen
in another way than before. A run that found everything as it was costs a few statements, however many checks read it.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection
from django.db.models import Q

from compliance.tenancy import scope
from compliance.tenancy.staging import stage
from compliance.tenancy.updating import update_rows
from compliance.tenancy.uuid7 import uuid7_texts
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor
from compliance.trail.names import ActionName
from controls.check_state import StreamSeen, check_state, sight
from controls.health import Point, said_of_point
from controls.judging import FactShelf, turns_until
from controls.models import Check, CheckPoint, ControlCheck, Occurrence
from controls.outcomes import CheckState, ControlState
from controls.registry import Definition, definitions
from controls.services.health import _derive_health
from controls.services.occurrences import _late_occurrences
from controls.services.telling import CLOSED_TOLD, TURNED_TOLD
from controls.services.waivers import _count_waived, waived_now
from evidence.facts.fact import Fact
from evidence.selectors.records import (
    CurrentFact,
    changed_in_run,
    current_facts,
    facts_of_subjects,
    records_in_force,
    texts_of_records,
)
from evidence.selectors.streams import streams_in_sight
from evidence.services.runs import mark_evaluated
from evidence.services.streams import _mark_stale

if TYPE_CHECKING:
    from evidence.models import Run

STAGED_VERDICT = (
    "check_row uuid, subject uuid, outcome smallint, reason text, at timestamptz, holds_until timestamptz, record uuid, step int, id uuid"
)
REFRESH = """
UPDATE controls_verdict v SET holds_until = s.holds_until, record_id = s.record
FROM staged_verdict s
WHERE v.organization_id = %(organization)s AND v.check_row_id = s.check_row AND v.subject_id = s.subject AND s.step = %(step)s
  AND v.outcome = s.outcome AND v.reason = s.reason AND (v.holds_until IS DISTINCT FROM s.holds_until OR v.record_id <> s.record)
"""
TURN = f"""
WITH turned AS MATERIALIZED (
  SELECT s.*, v.id AS verdict_id, v.outcome AS old_outcome, v.reason AS old_reason, v.since AS old_since, v.record_id AS old_record,
         greatest(s.at, v.since) AS since
  FROM staged_verdict s
  LEFT JOIN controls_verdict v ON v.organization_id = %(organization)s AND v.check_row_id = s.check_row AND v.subject_id = s.subject
  WHERE s.step = %(step)s AND (v.id IS NULL OR v.outcome <> s.outcome OR v.reason <> s.reason)
), past AS (
  INSERT INTO controls_verdictpast (id, organization_id, check_row_id, subject_id, outcome, reason, during, record_id)
  SELECT uuidv7(), %(organization)s, check_row, subject, old_outcome, old_reason, tstzrange(old_since, since), old_record
  FROM turned WHERE since > old_since
), opened AS (
  INSERT INTO controls_verdict (id, organization_id, check_row_id, subject_id, outcome, reason, since, holds_until, record_id)
  SELECT id, %(organization)s, check_row, subject, outcome, reason, since, holds_until, record FROM turned WHERE verdict_id IS NULL
), changed AS (
  UPDATE controls_verdict v SET outcome = t.outcome, reason = t.reason, since = t.since, holds_until = t.holds_until, record_id = t.record
  FROM turned t WHERE v.id = t.verdict_id AND v.organization_id = %(organization)s
), {TURNED_TOLD}
SELECT check_row, since, old_outcome, outcome, count(*) FROM turned
WHERE old_outcome IS DISTINCT FROM outcome GROUP BY check_row, since, old_outcome, outcome
"""
DUE = """
SELECT EXISTS (SELECT FROM controls_verdict WHERE organization_id = %(organization)s AND holds_until <= %(now)s)
  OR EXISTS (SELECT FROM evidence_stream WHERE organization_id = %(organization)s AND stale_at <= %(now)s AND NOT stale_marked)
  OR EXISTS (SELECT FROM controls_waiver WHERE organization_id = %(organization)s AND until_at <= %(now)s AND ended_at IS NULL)
  OR EXISTS (SELECT FROM controls_occurrence WHERE organization_id = %(organization)s AND late_at <= %(now)s AND performed_at IS NULL
             AND NOT late_marked)
"""
STAGED_CLOSED = "subject uuid, check_row uuid, at timestamptz"
CLOSE = f"""
WITH closed AS MATERIALIZED (
  SELECT v.*, greatest(s.at, v.since) AS closed_at FROM staged_closed s
  JOIN controls_verdict v ON v.organization_id = %(organization)s AND v.subject_id = s.subject
    AND (s.check_row IS NULL OR v.check_row_id = s.check_row)
), past AS (
  INSERT INTO controls_verdictpast (id, organization_id, check_row_id, subject_id, outcome, reason, during, record_id)
  SELECT uuidv7(), %(organization)s, check_row_id, subject_id, outcome, reason, tstzrange(since, closed_at), record_id
  FROM closed WHERE closed_at > since
), removed AS (
  DELETE FROM controls_verdict v USING closed c WHERE v.id = c.id AND v.organization_id = %(organization)s
), {CLOSED_TOLD}
SELECT check_row_id, closed_at, outcome, NULL::int, count(*) FROM closed GROUP BY check_row_id, closed_at, outcome
"""
SHELF = 10_000  # kinds with more subjects are read anew each time they are joined
_facts = FactShelf(2 * SHELF)
REMEMBERED = 100_000
_determined: set[tuple[uuid.UUID, str, str]] = set()  # (organization, vendor, kind) whose checks' states this process determined
CHECK_FIELDS = ["state", "detail", "since", "passing", "failing", "waived", "not_applicable", "unknown"]
Delta = tuple[uuid.UUID, datetime, int | None, int | None, int]


@dataclass(slots=True)
class Batch:
    """What one evaluation is about to write."""

    now: datetime
    judged: list[tuple] = field(default_factory=list)
    closed: list[tuple[uuid.UUID, uuid.UUID | None, datetime]] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)  # check ids whose state must be determined again
    read: frozenset[str] = frozenset()  # check ids that were looked at, whatever came of it
    not_before: datetime | None = None


def evaluate_run(run: "Run", *, now: datetime, actor: Actor = SYSTEM) -> int:
    """Judge what a recorded run changed. A check gets its state determined again when one of its facts changed or one of the kinds that
    it reads is seen in another way than before (`Run.news`); every check that reads one of the run's kinds was looked at. Returns the
    number of judgements."""
    with action(ActionName.EVALUATION_RAN, actor=actor, subject=run):
        _serialize()
        batch = Batch(now=run.observed_at or now, read=_readers(run.vendor, frozenset(run.kinds)))
        changed = changed_in_run(run.pk) if run.changed or run.gone else []
        batch.touched |= _readers(run.vendor, _news(run))
        unseen = _judge_changed(batch, run.vendor, changed)
        batch.touched |= unseen & batch.read
        _write(batch)
        mark_evaluated(run)
        return len(batch.judged)


def evaluate_due(*, now: datetime, actor: Actor = SYSTEM, limit: int = 20_000) -> int:
    """Turn what turns by time alone: verdicts whose holds_until is over, streams that became stale, waivers that ended, occurrences
    that became late. Each turns at its own instant, however late we look; where nothing does, nothing is written. Returns the number of
    judgements."""
    if not _is_anything_due(now):
        return 0
    with action(ActionName.EVALUATION_RAN, actor=actor, detail={"by": "time"}):
        _serialize()
        batch = Batch(now=now)
        _judge_due(batch, now, limit)
        stale = _mark_stale(now)
        for vendor, kind, _stale_at in stale:
            batch.touched |= {each.id for each in definitions().values() if each.reads_from(vendor) and kind in each.kinds}
        if stale:
            batch.not_before = min(stale_at for _vendor, _kind, stale_at in stale)
        batch.touched |= _count_waived(now)
        _late_occurrences(now)
        _write(batch)
        return len(batch.judged)


def rejudge(check: Check, *, now: datetime, actor: Actor) -> int:
    """Judge every current subject of one check again, on stored facts; nothing is collected. Returns the number of judgements."""
    with action(ActionName.CHECK_REJUDGED, actor=actor, subject=check):
        _serialize()
        return _rejudge(check, now)


def _rejudge(check: Check, now: datetime) -> int:
    """Inner step of an action: see `rejudge`."""
    known = definitions()[check.check_id]
    batch = Batch(now=now, touched={check.check_id})
    if known.version and check.enabled:
        _judge(batch, [(check, known)], current_facts(known.source_vendor, known.kind), Others().of(known), at=now)
    _write(batch)
    return len(batch.judged)


def _close_all(check: Check, now: datetime) -> None:
    """Inner step of an action: a check that is switched off says nothing any more; its open verdicts end."""
    subjects = _verdict_subjects(check)
    batch = Batch(now=now, touched={check.check_id})
    batch.closed = [(subject, check.pk, now) for subject in subjects]
    _write(batch)


def _is_anything_due(now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"organization": scope.organization_id(), "now": now})
        return cursor.fetchone()[0]


def _serialize() -> None:
    # One evaluation of an organization at a time: counters are added to, and two adders would lose one.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('plumbline evaluation ' || %s, 0))", [str(scope.organization_id())])


def _news(run: "Run") -> frozenset[str]:
    """Kinds of the run whose readers' states may have changed though no fact did. A process trusts what states say of a kind only after
    it has determined them once itself: another version may know other checks, and demand other things of them."""
    trusted = {(scope.organization_id(), run.vendor, kind) for kind in run.kinds}
    known = trusted <= _determined
    if len(_determined) > REMEMBERED:
        _determined.clear()
    _determined.update(trusted)
    return frozenset(run.kinds) if run.news is None or not known else run.news


@lru_cache(maxsize=1024)
def _readers(vendor: str, kinds: frozenset[str]) -> frozenset[str]:
    """Ids of the checks that judge facts of that vendor and read one of these kinds."""
    return frozenset(known.id for known in definitions().values() if known.reads_from(vendor) and known.kinds & kinds)


def _judge_changed(batch: Batch, vendor: str, changed: Sequence[CurrentFact]) -> frozenset[str]:
    """Judge these facts. Returns ids of checks of the run that nobody ever looked at: they have no state yet."""
    by_kind: dict[str, list[CurrentFact]] = defaultdict(list)
    for row in changed:
        if row.gone:
            batch.closed.append((row.subject_id, None, row.observed_at))
        by_kind[row.kind].append(row)
    deciding: dict[str, list[tuple[Check, Definition]]] = defaultdict(list)
    joins: list[tuple[Check, Definition]] = []
    reading = _readers(vendor, frozenset(by_kind))
    checks = list(Check.objects.filter(Q(check_id__in=reading) | Q(check_id__in=batch.read, evaluated_at=None)))
    for check in checks:
        known = definitions()[check.check_id]
        if not known.version or not check.enabled:
            continue
        if known.others and any(kind in by_kind for kind in known.kinds):
            joins.append((check, known))
        elif not known.others and known.kind in by_kind:
            deciding[known.kind].append((check, known))
    for kind, pairs in deciding.items():
        _judge(batch, pairs, (row for row in by_kind[kind] if not row.gone), {}, at=None)
    others = Others()
    for check, known in joins:
        # While what they are judged against is the same, only those that changed can be judged in another way
        anew = any(fact.KIND in by_kind for fact in known.others)
        rows = others.rows(known) if anew else [row for row in by_kind[known.kind] if not row.gone]
        if rows:  # the facts that joins read besides may be many: nothing to judge, nothing to load
            _judge(batch, [(check, known)], rows, others.of(known), at=batch.now)
    return frozenset(check.check_id for check in checks if check.evaluated_at is None)


def _judge(
    batch: Batch,
    pairs: Sequence[tuple[Check, Definition]],
    rows: Iterable[CurrentFact],
    others: Mapping[str, Sequence[Fact]],
    at: datetime | None,
) -> None:
    demands = [(check.pk, known.module, {**known.defaults, **check.parameters}) for check, known in pairs]
    for row in rows:
        fact = _facts.take(row.record_id, pairs[0][1].fact, partial(_text, row))
        start = at or row.observed_at
        for check, module, parameters in demands:
            turns = turns_until(module, fact, parameters, start, max(batch.now, start), others)
            for step, turn in enumerate(turns):
                judgement = turn.judgement
                batch.judged.append(
                    (
                        check,
                        row.subject_id,
                        int(judgement.outcome),
                        judgement.reason,
                        turn.at,
                        judgement.holds_until,
                        row.record_id,
                        step,
                    )
                )


def _text(row: CurrentFact) -> str:
    return row.fact or texts_of_records([row.record_id])[row.record_id]


class Others:
    """Facts that checks read besides the one they judge: each kind is loaded once in an evaluation, when a check first needs it. A check
    of one vendor reads that vendor's: accounts elsewhere say nothing about who owns an organization here."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, type[Fact]], list[CurrentFact]] = {}
        self._held: dict[tuple[str, type[Fact]], list[Fact]] = {}

    def rows(self, known: Definition) -> list[CurrentFact]:
        """Every subject that the check judges. What they say is only read where it is not known already."""
        return self._rows_of(known.source_vendor, known.fact)

    def of(self, known: Definition) -> dict[str, list[Fact]]:
        """By kind, as `judge` takes them; empty for a check that reads one fact alone."""
        return {fact.KIND: self._facts_of(known.source_vendor, fact) for fact in known.others}

    def _facts_of(self, vendor: str, fact: type[Fact]) -> list[Fact]:
        if (vendor, fact) not in self._held:
            rows = self._rows_of(vendor, fact)
            self._held[vendor, fact] = [_facts.take(row.record_id, fact, partial(_text, row)) for row in rows]
        return self._held[vendor, fact]

    def _rows_of(self, vendor: str, fact: type[Fact]) -> list[CurrentFact]:
        if (vendor, fact) not in self._rows:
            self._rows[vendor, fact] = _rows_now(vendor, fact)
        return self._rows[vendor, fact]


def _rows_now(vendor: str, fact: type[Fact]) -> list[CurrentFact]:
    present = records_in_force(vendor, fact.KIND)
    if len(present) > SHELF:
        return list(current_facts(vendor, fact.KIND))
    missing = _facts.missing(record for _subject, record, _since in present)
    texts = texts_of_records(missing) if missing else {}
    return [CurrentFact(subject, record, fact.KIND, since, False, texts.get(record, "")) for subject, record, since in present]


def _judge_due(batch: Batch, now: datetime, limit: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.check_row_id, c.check_id, c.parameters, v.subject_id, v.holds_until FROM controls_verdict v "
            "JOIN controls_check c ON c.id = v.check_row_id AND c.organization_id = %s "
            "WHERE v.organization_id = %s AND v.holds_until <= %s ORDER BY v.holds_until LIMIT %s",
            [scope.organization_id(), scope.organization_id(), now, limit],
        )
        due = cursor.fetchall()
    if not due:
        return
    checks = {check.pk: check for check in Check.objects.filter(pk__in={row[0] for row in due})}
    facts = facts_of_subjects({row[3] for row in due})
    by_check: dict[uuid.UUID, list[tuple[CurrentFact, datetime]]] = defaultdict(list)
    for check_row, _check_id, _parameters, subject, holds_until in due:
        if subject in facts:
            by_check[check_row].append((facts[subject], holds_until))
    others = Others()
    for check_row, rows in by_check.items():
        check = checks[check_row]
        known = definitions()[check.check_id]
        for row, holds_until in rows:
            _judge(batch, [(check, known)], [row], others.of(known), at=holds_until)


def _write(batch: Batch) -> None:
    deltas: list[Delta] = []
    parameters = {"organization": scope.organization_id(), "now": batch.now}
    with connection.cursor() as cursor:
        if batch.closed:
            stage("staged_closed", STAGED_CLOSED, batch.closed)
            cursor.execute(CLOSE, parameters)
            deltas += cursor.fetchall()
        if batch.judged:
            keyed = ((*row, key) for row, key in zip(batch.judged, uuid7_texts(len(batch.judged)), strict=True))
            stage("staged_verdict", STAGED_VERDICT, keyed, joined="check_row, subject, step")
            for step in range(max(row[7] for row in batch.judged) + 1):
                cursor.execute(REFRESH, {**parameters, "step": step})
                cursor.execute(TURN, {**parameters, "step": step})
                deltas += cursor.fetchall()
    points = _write_points(batch, deltas)
    moving = _moving(points)
    if moving:
        _derive_health({point.name for point in moving}, min(point.row.at for point in moving), batch.now)


class Told(NamedTuple):
    """A new point of a check. `moves`: a control that it decides may be in another state from then on, or for another reason."""

    name: str
    row: CheckPoint
    moves: bool


def _moving(points: Sequence[Told]) -> list[Told]:
    """The points that health has to be derived again for: those that say something new of a control, and every point of a check whose
    control has occurrences, because there the calendar has its say too."""
    moving = [point for point in points if point.moves]
    still = {point.name for point in points if not point.moves}
    if still:
        decided = ControlCheck.objects.filter(check_id__in=still).exclude(kind="supporting").values("control_id", "check_id")
        occurring = set(decided.filter(control_id__in=Occurrence.objects.values("control_id")).values_list("check_id", flat=True))
        moving += [point for point in points if not point.moves and point.name in occurring]
    return moving


def _write_points(batch: Batch, deltas: Sequence[Delta]) -> list[Told]:
    """Add the deltas to the counters, instant by instant, and write a point wherever state or counters changed."""
    by_check: dict[uuid.UUID, dict[datetime, list[Delta]]] = defaultdict(lambda: defaultdict(list))
    for delta in deltas:
        by_check[delta[0]][delta[1]].append(delta)
    known = definitions()
    wanted = Q(pk__in=list(by_check)) | Q(check_id__in=batch.touched)
    checks = [check for check in Check.objects.filter(wanted) if check.check_id in known] if by_check or batch.touched else []
    points: list[Told] = []
    changed: list[Check] = []
    if checks:
        last = _last_point_times(checks)
        streams = _streams_seen()
        waived = waived_now([check.pk for check in checks], batch.now)
        for check in checks:
            before = [getattr(check, name) for name in CHECK_FIELDS]
            check.waived = waived.get(check.pk, 0)
            points += _points_of(check, known[check.check_id], by_check.get(check.pk, {}), streams, batch, last.get(check.pk))
            if before != [getattr(check, name) for name in CHECK_FIELDS]:
                changed.append(check)
    CheckPoint.objects.bulk_create([point.row for point in points], batch_size=1000)
    if checks or batch.read:  # most are only looked at: one plain statement for all
        looked_at = Q(pk__in=[check.pk for check in checks]) | Q(check_id__in=batch.read)
        Check.objects.filter(looked_at).update(evaluated_at=batch.now)
    update_rows(changed, CHECK_FIELDS)
    return points


def _points_of(
    check: Check, known: Definition, by_instant: Mapping[datetime, Sequence[Delta]], streams: Mapping[tuple[str, str], list[StreamSeen]],
    batch: Batch, last: datetime | None,
) -> Iterator[Told]:  # fmt: skip
    seen = [stream for kind in known.kinds for stream in streams.get((known.source_vendor, kind), [])]
    instants = sorted({*by_instant, *_stale_instants(seen, batch), batch.now})
    for instant in instants:
        for _check, _at, old, new, number in by_instant.get(instant, ()):
            _count(check, old, -number)
            _count(check, new, number)
        blind = sight(
            enabled=check.enabled, missing=known.missing if not known.version else "", needs=known.needs, completeness=known.completeness,
            streams=seen, at=instant,
        )  # fmt: skip
        waived = min(check.waived, check.failing)
        now_seen = check_state(
            blind=blind,
            passing=check.passing,
            failing=check.failing,
            not_applicable=check.not_applicable,
            unknown=check.unknown,
            waived=waived,
        )
        values = (now_seen.state.value, now_seen.detail, check.passing, check.failing, waived, check.not_applicable, check.unknown)
        if last is not None and values == check_values(check):
            continue
        at = instant if last is None else max(instant, last)
        before = _said_of_control(known.id, check_values(check)) if last is not None else None
        if check.state != now_seen.state.value or last is None:
            check.since = at
        check.state, check.detail = now_seen.state.value, now_seen.detail
        remember_values(check, values)
        last = at
        row = CheckPoint(
            check_row=check, at=at, state=check.state, detail=check.detail, passing=check.passing, failing=check.failing, waived=waived,
            not_applicable=check.not_applicable, unknown=check.unknown, explained=bool(check.empty_explained),
        )  # fmt: skip
        yield Told(known.id, row, before is None or _said_of_control(known.id, values) != before)


def _said_of_control(name: str, values: tuple) -> tuple[ControlState, str] | None:
    """What a point with these values says of a control, and why; None where that depends on a person's explanation."""
    state, detail, _passing, failing, waived, *_rest = values
    if state == CheckState.NO_POPULATION:
        return None
    return said_of_point(Point(None, name, CheckState(state), failing, waived, False, detail))


def check_values(check: Check) -> tuple:
    """What the last point of a check said (loaded with it, or remembered since)."""
    return getattr(check, "_last_values", ())


def remember_values(check: Check, values: tuple) -> None:
    """Note what the newest point says, so that an equal one is not written again."""
    check._last_values = values


def _count(check: Check, outcome: int | None, number: int) -> None:
    if outcome is None:
        return
    name = ("passing", "failing", "not_applicable", "unknown")[outcome]
    setattr(check, name, getattr(check, name) + number)


def _stale_instants(seen: Sequence[StreamSeen], batch: Batch) -> list[datetime]:
    if batch.not_before is None:
        return []
    return [stream.stale_at for stream in seen if stream.stale_at is not None and batch.not_before <= stream.stale_at <= batch.now]


def _last_point_times(checks: Sequence[Check]) -> dict[uuid.UUID, datetime]:
    latest = (
        CheckPoint.objects.filter(check_row__in=[check.pk for check in checks])
        .order_by("check_row_id", "-at", "-id")
        .distinct("check_row_id")
        .values_list("check_row_id", "at", "state", "detail", "passing", "failing", "waived", "not_applicable", "unknown")
    )
    times: dict[uuid.UUID, datetime] = {}
    by_pk = {check.pk: check for check in checks}
    for row in latest:
        times[row[0]] = row[1]
        remember_values(by_pk[row[0]], row[2:])
    return times


def _streams_seen() -> dict[tuple[str, str], list[StreamSeen]]:
    seen: dict[tuple[str, str], list[StreamSeen]] = defaultdict(list)
    for each in streams_in_sight():
        stream = StreamSeen(
            each.kind, each.observed_until, each.stale_at, each.completeness, each.trouble, each.trouble_detail, frozenset(each.denied)
        )
        seen[each.vendor, each.kind].append(stream)
        seen["", each.kind].append(stream)
    return seen


def _verdict_subjects(check: Check) -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id FROM controls_verdict WHERE organization_id = %s AND check_row_id = %s", [scope.organization_id(), check.pk]
        )
        return [row[0] for row in cursor.fetchall()]
