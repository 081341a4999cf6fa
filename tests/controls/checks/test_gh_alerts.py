"""Checks of alerts: each severity has its time, and the verdict turns at that instant by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from controls.judging import turns_until
from controls.outcomes import Outcome
from controls.registry import definition
from evidence.facts.code_alert.v1 import CodeAlert
from evidence.facts.dependency_alert.v1 import DependencyAlert
from evidence.facts.secret_alert.v1 import SecretAlert
from tests.controls.checks.gh_judging import NOW, judged

PASS, FAIL, NOT_APPLICABLE, NO_DATA = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.NO_DATA
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = {"critical": 7, "high": 30, "medium": 90, "low": 180}
DEPENDENCY = DependencyAlert(
    subject="a", repository="r", repository_name="fernhill/api", severity="high", state="open", created="2026-01-01T00:00:00Z"
)
CODE = CodeAlert(subject="a", repository="r", repository_name="fernhill/api", severity="high", state="open", created="2026-01-01T00:00:00Z")
SECRET = SecretAlert(subject="a", repository="r", repository_name="fernhill/api", state="open", created="2026-02-28T18:00:00Z")


@pytest.mark.parametrize("severity", sorted(DAYS))
@pytest.mark.parametrize(("check", "alert"), [("gh.dependabot_sla", DEPENDENCY), ("gh.codescan_sla", CODE)])
def test_an_alert_may_stay_open_for_the_time_of_its_severity(check: str, alert, severity: str) -> None:
    alert = replace(alert, severity=severity)
    end = CREATED + timedelta(days=DAYS[severity])
    before, after = judged(check, alert, now=end - timedelta(seconds=1)), judged(check, alert, now=end)
    assert (before.outcome, before.holds_until, after.outcome, after.holds_until) == (PASS, end, FAIL, None)
    assert before.reason == after.reason == f"{severity}, open since 2026-01-01, due on {end:%Y-%m-%d}"


def test_the_verdict_turns_by_time_alone_exactly_once() -> None:
    known = definition("gh.dependabot_sla")
    turns = turns_until(known.module, DEPENDENCY, known.defaults, CREATED, NOW, {})
    assert [(each.at, each.judgement.outcome) for each in turns] == [(CREATED, PASS), (CREATED + timedelta(days=30), FAIL)]


@pytest.mark.parametrize(("check", "alert"), [("gh.dependabot_sla", DEPENDENCY), ("gh.codescan_sla", CODE)])
def test_a_dismissal_needs_a_reason(check: str, alert) -> None:
    assert judged(check, replace(alert, state="dismissed", dismissed_reason="not_used", dismissed_by="tom")).outcome is PASS
    assert judged(check, replace(alert, state="dismissed")).outcome is FAIL
    assert judged(check, replace(alert, state="fixed")).outcome is PASS


@pytest.mark.parametrize(("check", "alert"), [("gh.dependabot_sla", DEPENDENCY), ("gh.codescan_sla", CODE)])
def test_what_is_not_known_of_an_alert_is_neither_passed_nor_failed(check: str, alert) -> None:
    for unknown in (
        replace(alert, state=None),
        replace(alert, state="sandbox_unheard_of"),
        replace(alert, severity=None),
        replace(alert, severity="sandbox_unheard_of"),
        replace(alert, created=None),
    ):
        assert judged(check, unknown).outcome is NO_DATA


def test_a_dismissal_by_a_rule_counts_only_where_that_was_decided() -> None:
    alert = replace(DEPENDENCY, state="auto_dismissed")
    assert judged("gh.dependabot_sla", alert).outcome is FAIL
    assert judged("gh.dependabot_sla", alert, auto_dismissal_accepted=True).outcome is PASS


def test_a_matter_of_quality_is_no_weakness() -> None:
    assert judged("gh.codescan_sla", replace(CODE, severity="")).outcome is NOT_APPLICABLE


def test_limits_are_parameters() -> None:
    assert judged("gh.dependabot_sla", DEPENDENCY, high_days=90).holds_until == CREATED + timedelta(days=90)


def test_a_found_secret_is_dealt_with_within_a_day() -> None:
    end = datetime(2026, 3, 1, 18, tzinfo=UTC)
    judgement = judged("gh.secret_alerts_sla", SECRET)
    assert (judgement.outcome, judgement.holds_until) == (PASS, end)
    assert judgement.reason == "open since 2026-02-28 18:00 UTC, due at 2026-03-01 18:00 UTC"
    assert judged("gh.secret_alerts_sla", SECRET, now=end).outcome is FAIL
    assert judged("gh.secret_alerts_sla", replace(SECRET, state="resolved"), now=end).outcome is PASS
    assert judged("gh.secret_alerts_sla", replace(SECRET, created=None)).outcome is NO_DATA
    assert judged("gh.secret_alerts_sla", replace(SECRET, state="sandbox_unheard_of")).outcome is NO_DATA
