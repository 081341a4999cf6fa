"""A fact that somebody brought may hold anything: what a check cannot read is not known, and judging goes on."""

from datetime import UTC, datetime

import pytest

from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.judging import UNREADABLE, judge
from controls.models import Check
from controls.outcomes import Outcome
from controls.registry import definition
from controls.services.adoption import adopt_controls, library
from evidence.facts.job_schedule.v1 import JobSchedule
from evidence.facts.vulnerability.v1 import Vulnerability
from evidence.models import Subject
from tests.people.company import record

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("check", "fact"),
    [
        ("vuln.sla", Vulnerability(subject="F1", severity="high", state="open", found="yesterday")),
        ("vuln.sla", Vulnerability(subject="F1", severity="high", state="open", found="9999-12-31T00:00:00Z")),
        ("pi.job.completed", JobSchedule(subject="J", first_due="soon", every_minutes=5)),
    ],
)
def test_what_a_check_cannot_read_is_no_data(check, fact):
    known = definition(check)
    judgement = judge(known.module, fact, known.defaults, NOW, {})
    assert (judgement.outcome, judgement.reason) == (Outcome.NO_DATA, UNREADABLE)


def test_a_mistake_in_a_check_itself_is_not_hidden():
    known = definition("vuln.sla")
    with pytest.raises(AttributeError):
        judge(known.module, None, known.defaults, NOW, {})


def test_pages_show_it_as_an_error_of_the_check_and_of_no_other_subject(fernhill, priya, browser_of):
    now = datetime.now(UTC)
    with scope(fernhill.pk):
        codes = [code for code, each in library().items() if "vuln.sla" in {check.id for check in each.checks}]
        adopt_controls(actor=SYSTEM, codes=codes, now=now)
        closed = Vulnerability(subject="F2", severity="high", state="open", found="2020-01-01T00:00:00Z")
        record("github", "vulnerability", [Vulnerability(subject="F1", severity="high", state="open", found="yesterday"), closed], now)
        row = Check.objects.get(check_id="vuln.sla")
        assert (row.failing, row.unknown) == (1, 1)
        hostile, plain = (Subject.objects.get(key=key) for key in ("F1", "F2"))
    client = browser_of(priya)
    page = client.get("/fernhill/checks/vuln.sla/?show=unknown").content.decode()
    assert "An error of this check" in page and "could not judge 1 subject:" in page and page.count(UNREADABLE) == 2
    assert "Error<" in client.get(f"/fernhill/subjects/{hostile.pk}/").content.decode()
    assert "Error<" not in client.get(f"/fernhill/subjects/{plain.pk}/").content.decode()
