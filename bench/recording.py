"""Recording and judging 100,000 subjects against what the database can do at best: COPY into the record table with its indexes."""

import io
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import psycopg2
from django.conf import settings
from django.db import connection

from bench.figures import Figure, median
from compliance.operate.scale.history import PAGE, PAGE_DIGEST, STALENESS, make_organization
from compliance.operate.scale.population import Population
from compliance.tenancy.scope import scope
from compliance.trail.actor import OPERATOR
from compliance.vault.models import Blob
from controls.services.evaluation import evaluate_run
from evidence.models import Record, Run
from evidence.readings import Reading
from evidence.services.runs import Account, end_run, record_run, start_run

SUBJECTS = 100_000
ROUNDS = 2
COLUMNS = "id, organization_id, subject_id, run_id, observed_at, gone, version, digest, salt, content_hash, fact, pages"
CONNECTION = uuid.UUID(int=1)


def measure(quick: bool) -> Iterator[Figure]:
    """Floor and recording alternate, so that a busy moment of the machine strikes both."""
    subjects = SUBJECTS // 10 if quick else SUBJECTS
    now = datetime.now(UTC)
    organization = make_organization("bench-recording", now - timedelta(days=3))
    population = Population(subjects, now, kinds=("account",))
    with scope(organization.pk):
        readings = population.readings(page=PAGE_DIGEST, staleness=STALENESS)
        firsts, floors, again, runs = [], [], [], []
        for number in range(ROUNDS):
            seconds, run = _timed(lambda number=number: _record(readings, f"account {number}", now - timedelta(hours=9 - number)))
            firsts.append(seconds)
            runs.append(run)
            floors.append(_bare_copy())
        first, floor = median(firsts), median(floors)
        yield Figure(
            f"recording {subjects:,} new subjects : bare COPY", floor / first, 0.5, "at least", "",
            f"COPY {floor:.2f} s, recording {first:.2f} s = {subjects / first:,.0f}/s",
        )  # fmt: skip
        before = Record.objects.count(), Blob.objects.count()
        for _ in range(ROUNDS + 1):
            seconds, _run = _timed(lambda: _record(readings, "account 0", now - timedelta(hours=5)))
            again.append(seconds)
        unchanged = median(again)
        yield Figure(
            "recording them unchanged : the first time",
            unchanged / first,
            0.2,
            "at most",
            "",
            f"{unchanged:.2f} s = {subjects / unchanged:,.0f}/s",
        )
        grown = Record.objects.count() - before[0] + Blob.objects.count() - before[1]
        yield Figure("new records and blobs of an unchanged run", grown, 0, "at most")
        full, _judged = _timed(lambda: evaluate_run(runs[0], now=now))
        population.change(subjects // 1000)
        changed = population.readings(page=PAGE_DIGEST, staleness=STALENESS)
        run = _record(changed, "account 0", now - timedelta(hours=1))
        some, judged = _timed(lambda: evaluate_run(run, now=now))
        yield Figure(
            "judging after 0.1 % changed : judging all",
            some / full,
            0.02,
            "at most",
            "",
            f"{some * 1000:.0f} ms for {judged} judgements, all {full:.2f} s",
        )
        for each in (*runs, run):
            end_run(actor=OPERATOR, run=each, now=now)


def _record(readings: list[Reading], account: str, at: datetime) -> Run:
    run = start_run(
        actor=OPERATOR, connection_id=CONNECTION, vendor="aws", connector_version="bench", kinds=["account"], started_by="bench", now=at
    )
    record_run(
        actor=OPERATOR,
        run=run,
        account=Account(account, account, "bench"),
        readings=readings,
        calls=(),
        read_page=lambda _digest: PAGE,
        now=at,
    )
    return run


def _bare_copy() -> float:
    """Seconds to COPY the same rows, as owner, into a table like the record table with its indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM evidence_record WHERE run_id = (SELECT run_id FROM evidence_record ORDER BY id DESC LIMIT 1)"
        )
        rows = cursor.fetchall()
    text = io.StringIO("".join("\t".join(_cell(value) for value in row) + "\n" for row in rows))
    with psycopg2.connect(**settings.CONFIGURATION.database_owner.as_libpq()) as owner, owner.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_floor; CREATE TABLE bench_floor (LIKE evidence_record INCLUDING ALL)")
        owner.commit()
        began = time.perf_counter()
        cursor.copy_expert(f"COPY bench_floor ({COLUMNS}) FROM STDIN", text)
        owner.commit()
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE bench_floor")
    owner.close()
    return seconds


def _cell(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, memoryview | bytes):
        return "\\\\x" + bytes(value).hex()
    return str(value).replace("\\", "\\\\")


def _timed(work: Callable) -> tuple[float, object]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result
