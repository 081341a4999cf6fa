"""A real Celery worker on real servers: one process serves two organizations, holds nothing while a vendor is slow, and judges at once."""

import pytest

from tests.stories.processes import await_until, worker
from tests.stories.stage import staged

pytestmark = pytest.mark.timeout(300)
OPEN = "SELECT state, query FROM pg_stat_activity WHERE usename = 'plumbline_app' AND xact_start IS NOT NULL"
NAMES = "SELECT organization_id::text, name FROM evidence_subject WHERE name LIKE '%%-of-%%'"


def test_one_worker_process_serves_two_organizations_and_each_sees_only_its_own(tmp_path):
    with staged("fernhill", "brackwater") as stage, worker(stage.environment, tmp_path / "worker.log"):
        sessions = []  # what the database sees of the worker in the moment in which the vendor is being asked
        for twin in stage.twins.values():
            twin.faults.drift("/orgs/*/members", lambda _state: sessions.append(stage.asked(OPEN)), when="before")
        stage.ring("fernhill", "brackwater", "fernhill")
        await_until(lambda: stage.ended("fernhill") and stage.ended("brackwater"), 200, "both runs")
        found = {(slug, name) for organization, name in stage.asked(NAMES) for slug, made in stage.made.items() if made[0] == organization}
        assert {slug for slug, _name in found} == {"fernhill", "brackwater"}
        assert all(name.endswith(f"-of-{slug}") for slug, name in found)
        runs = stage.asked("SELECT organization_id, count(*) FROM evidence_run WHERE vendor = 'github' GROUP BY 1")
        assert [number for _organization, number in runs] == [1, 1]  # the second ring for the same run found nothing due
        late = stage.asked("SELECT max(extract(epoch FROM ended_at - observed_at)) FROM evidence_run")[0][0]
        assert late < 60
        assert stage.asked("SELECT count(DISTINCT organization_id) FROM controls_verdict")[0][0] == 2
        assert sessions == [[], []]
