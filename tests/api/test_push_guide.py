"""The worked example of the guide runs as it is printed: the shell and Python in it, against a live server."""

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.members.roles import Right
from compliance.pipeline import finish_recorded
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.models import Verdict
from controls.outcomes import Outcome
from controls.services.adoption import adopt_controls, library
from evidence.models import Run
from tests.api.programme import token_of

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "push.md"
CHECKS = ("pi.job.completed", "pi.input.rejects_alerted", "pi.output.reconciled", "pi.storage.integrity")


def printed(language):
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), flags=re.S | re.M))


def ran(command, folder, environment):
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.mark.skipif(not all(map(shutil.which, ("curl", "jq", "bash"))), reason="curl, jq or bash is missing: the example was not run")
@pytest.mark.django_db(transaction=True)
def test_the_example_runs_and_decides_the_checks_of_processing(live_server, settings, request, tmp_path):
    settings.ROOT_URLCONF = "compliance.urls"
    fernhill, priya = request.getfixturevalue("fernhill"), request.getfixturevalue("priya")
    with scope(fernhill.pk):
        wanted = [code for code, control in library().items() if any(link.id in CHECKS for link in control.checks)]
        adopt_controls(actor=SYSTEM, codes=wanted, now=datetime(2026, 1, 1, tzinfo=UTC))
    environment = {
        "PLUMBLINE": f"{live_server.url}/api/v1/fernhill", "TOKEN": token_of(priya, fernhill, Right.PUSH_FACTS),
        "PATH": "/usr/bin:/bin:/usr/local/bin",
    }  # fmt: skip
    shell = ran(["bash", "-euxo", "pipefail", "-c", printed("sh")], tmp_path, environment)
    assert shell.count("recorded") == 2
    python = ran([sys.executable, "-c", printed("python")], tmp_path, environment)
    assert python.splitlines() == ["input_rejects recorded 1", "reconciliation recorded 1", "integrity_check recorded 1"]
    with scope(fernhill.pk):
        assert Run.objects.filter(state="recorded").count() == 5
        finish_recorded(datetime.now(UTC))
        found = {each.check_row.check_id: (each.outcome, each.reason) for each in Verdict.objects.select_related("check_row")}
    assert found["pi.job.completed"] == (Outcome.PASS, "every run that was due ended or has an incident")
    assert found["pi.input.rejects_alerted"][0] == Outcome.PASS
    assert found["pi.output.reconciled"] == (Outcome.PASS, "1204455 cents on both sides")
    assert found["pi.storage.integrity"][0] == Outcome.FAIL  # the archive of March was not looked at since
