"""A fact that somebody brought may hold anything: what a check cannot read is not known, and judging goes on."""

from datetime import UTC, datetime

import pytest

from controls.judging import UNREADABLE, judge
from controls.outcomes import Outcome
from controls.registry import definition
from evidence.facts.job_schedule.v1 import JobSchedule
from evidence.facts.vulnerability.v1 import Vulnerability

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
