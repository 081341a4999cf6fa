"""Killing and restarting: a worker in the middle of a run, and the servers under load."""

import http.client
import os
import signal
import threading
import time

import psutil
import pytest

from compliance.operate.engine.ports import free_port
from tests.stories.processes import await_until, process, worker
from tests.stories.stage import staged

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
RECORDS = (
    "SELECT t.kind, s.key, r.gone, encode(r.digest, 'hex') FROM evidence_record r JOIN evidence_subject s ON s.id = r.subject_id "
    "JOIN evidence_stream t ON t.id = s.stream_id ORDER BY 1, 2, 3"
)
VERDICTS = (
    "SELECT c.check_id, s.key, v.outcome, v.reason FROM controls_verdict v JOIN controls_check c ON c.id = v.check_row_id "
    "JOIN evidence_subject s ON s.id = v.subject_id ORDER BY 1, 2"
)


def without_clock(rows):
    """The rows; facts that hold the twin's own clock differ between two twins by their digest only."""
    return [row[:3] for row in rows]


def test_a_worker_killed_in_the_middle_of_a_run_loses_and_doubles_nothing(tmp_path):
    with staged("fernhill") as undisturbed, worker(undisturbed.environment, tmp_path / "undisturbed.log"):
        undisturbed.ring("fernhill")
        await_until(lambda: undisturbed.ended("fernhill"), 120, "the undisturbed run")
        expected = undisturbed.asked(RECORDS), undisturbed.asked(VERDICTS)
    with staged("fernhill") as stage:
        stage.twins["fernhill"].faults.add("slow", "/orgs/*/members", nth=1, times=1, seconds=30)
        with worker(stage.environment, tmp_path / "killed.log") as first:
            stage.ring("fernhill")
            await_until(lambda: stage.twins["fernhill"].requests.of("/orgs/{org}/members"), 90, "the call that the worker dies in")
            os.killpg(first.pid, signal.SIGKILL)
            first.wait(timeout=10)
        assert stage.asked("SELECT state FROM evidence_run") == [("running",)]
        assert stage.asked(RECORDS) == []
        stage.twins["fernhill"].faults.clear()
        stage.changed("UPDATE integrations_due SET lease_until = now() - interval '1 second'")  # a minute later
        with worker(stage.environment, tmp_path / "next.log"):
            stage.ring("fernhill")
            await_until(lambda: stage.ended("fernhill", 2), 120, "the next run")
            outcomes = stage.asked("SELECT outcome, fault_kind FROM evidence_run ORDER BY started_at")
            assert outcomes[0] == ("failed", "worker_lost")
            assert outcomes[1][0] in ("complete", "partial")
            assert without_clock(stage.asked(RECORDS)) == without_clock(expected[0])
            assert [row[:3] for row in stage.asked(VERDICTS)] == [row[:3] for row in expected[1]]
            doubled = "SELECT subject_id, count(*) FROM evidence_record GROUP BY 1 HAVING count(*) > 1"
            assert stage.asked(doubled) == []


def answers(port, path="/accounts/login/"):
    """(status, body) of the site now; status 0 where it does not answer at all."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except OSError:
        return 0, ""


def test_a_database_that_restarts_under_load_is_said_and_forgotten(tmp_path):
    with staged("fernhill") as stage:
        port = free_port()
        command = ("-m", "gunicorn", "compliance.wsgi", "--workers", "2", "--threads", "2", "--bind", f"127.0.0.1:{port}")
        with process(stage.environment, tmp_path / "web.log", *command):
            await_until(lambda: answers(port, "/readyz")[0] == 200, 90, "the site")
            seen, stop = [], threading.Event()

            def load():
                while not stop.is_set():
                    seen.append(answers(port, "/fernhill/controls/?x=" + str(len(seen))))
                    time.sleep(0.05)

            threads = [threading.Thread(target=load) for _ in range(3)]
            for thread in threads:
                thread.start()
            postmaster = int((stage.var_dir / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(postmaster, signal.SIGKILL)  # the keeper starts it again
            await_until(lambda: answers(port, "/readyz")[0] == 200, 120, "recovery")
            time.sleep(1)
            stop.set()
            for thread in threads:
                thread.join(20)
            assert {status for status, _body in seen} <= {200, 302, 503}
            assert all("Traceback" not in body for _status, body in seen)
            assert answers(port, "/fernhill/controls/")[0] in (200, 302)


def redis_of(var_dir):
    """The Redis server of that folder."""
    return next(each for each in psutil.process_iter(["cmdline"]) if each.name() == "redis-server" and str(var_dir) in str(each.cwd()))


def test_a_redis_that_is_killed_under_load_is_said_and_the_work_goes_on_afterwards(tmp_path):
    with staged("fernhill", "brackwater") as stage:
        port = free_port()
        command = ("-m", "gunicorn", "compliance.wsgi", "--workers", "2", "--threads", "2", "--bind", f"127.0.0.1:{port}")
        with process(stage.environment, tmp_path / "web.log", *command), worker(stage.environment, tmp_path / "worker.log"):
            await_until(lambda: answers(port, "/readyz")[0] == 200, 90, "the site")
            stage.twins["fernhill"].faults.add("slow", "/orgs/*/members", nth=1, times=1, seconds=8)
            stage.ring("fernhill")
            await_until(lambda: stage.twins["fernhill"].requests.of("/orgs/{org}/members"), 90, "the call in the middle of the run")
            redis_of(stage.var_dir).kill()  # the keeper starts it again
            seen = [answers(port, "/fernhill/controls/") for _ in range(20)]
            await_until(lambda: answers(port, "/readyz")[0] == 200, 120, "recovery")
            await_until(lambda: stage.ended("fernhill"), 180, "the run that was under way")
            stage.ring("brackwater")
            await_until(lambda: stage.ended("brackwater"), 180, "a run that was rung for afterwards")
        assert {status for status, _body in seen} <= {200, 302, 503}
        assert all("Traceback" not in body for _status, body in seen)
        ended = stage.asked(
            "SELECT r.outcome FROM evidence_run r JOIN tenancy_organization o ON o.id = r.organization_id WHERE o.slug = 'fernhill'"
        )
        assert [outcome for (outcome,) in ended if outcome in ("complete", "partial")] != []
        doubled = "SELECT subject_id, count(*) FROM evidence_record GROUP BY 1 HAVING count(*) > 1"
        assert stage.asked(doubled) == []
