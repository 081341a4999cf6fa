"""Freezing many rows takes bounded memory."""

import threading
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import psutil
import pytest
from django.db import connection

from compliance.tenancy import scope as scopes
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from evidence.models import Stream
from evidence.services.populations import Asked, freeze_population
from tests.conftest import arranging
from tests.evidence.looking import look, member

BERLIN = ZoneInfo("Europe/Berlin")
ROWS = 200_000
MANY = """
WITH subject AS (
  INSERT INTO evidence_subject (id, organization_id, stream_id, key, name, region, digest, record_id, since, gone_at)
  SELECT uuidv7(), %(organization)s, %(stream)s, 'U_' || n, 'user ' || n, '', sha256('x'), uuidv7(), %(at)s, NULL FROM generate_series(1, %(rows)s) n
  RETURNING id, key, name, record_id
)
INSERT INTO evidence_record (id, organization_id, subject_id, run_id, observed_at, gone, version, digest, salt, content_hash, fact, pages)
SELECT record_id, %(organization)s, id, %(run)s, %(at)s, false, 1, sha256('x'), sha256('y'), sha256('z'),
  json_build_object('subject', key, 'name', name, 'enabled', true, 'email', key || '@fernhill.example')::text, '' FROM subject
"""


class Peak:
    """The largest resident memory of this process above where it began, in bytes."""

    def __enter__(self):
        self._process, self._on = psutil.Process(), True
        self._start = self.largest = self._process.memory_info().rss
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self):
        while self._on:
            self.largest = max(self.largest, self._process.memory_info().rss)
            time.sleep(0.02)

    def __exit__(self, *_about):
        self._on = False
        self._thread.join()

    @property
    def growth(self):
        return self.largest - self._start


@pytest.mark.slow
def test_two_hundred_thousand_rows_freeze_in_bounded_memory_and_say_how_far_they_are(fernhill):
    at = datetime(2026, 3, 2, tzinfo=UTC)
    with scope(fernhill.pk):
        run = look(member("ada"), at=at)
        stream = Stream.objects.get()
    with arranging(fernhill), connection.cursor() as cursor:
        cursor.execute(MANY, {"organization": scopes.organization_id(), "stream": stream.pk, "run": run.pk, "at": at, "rows": ROWS})
    told = []
    with scope(fernhill.pk), Peak() as peak:
        asked = Asked("users", datetime(2026, 3, 1, tzinfo=BERLIN), datetime(2026, 4, 1, tzinfo=BERLIN), BERLIN)
        population = freeze_population(
            asked, actor=SYSTEM, title="", now=datetime(2026, 4, 2, tzinfo=UTC), progress=lambda stage, rows: told.append((stage, rows))
        )
    assert population.row_count == ROWS + 1
    assert peak.growth < 150 * 1024 * 1024, f"{peak.growth / 1e6:.0f} MB"
    assert ("reading records", 100_000) in told and ("writing rows", ROWS) in told
