"""Checks of findings, scans and tests of the defences, whatever source told them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from controls.outcomes import Outcome
from evidence.facts.scanned_asset.v1 import ScannedAsset
from evidence.facts.security_test.v1 import SecurityTest
from evidence.facts.vulnerability.v1 import Vulnerability
from tests.controls.checks.gh_judging import NOW, judged

PASS, FAIL, NOT_APPLICABLE, NO_DATA = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.NO_DATA
FOUND = datetime(2026, 2, 20, tzinfo=UTC)
OPEN = Vulnerability(subject="CVE-2026-1 libfoo", identifier="CVE-2026-1", severity="high", state="open", found="2026-02-20T00:00:00Z")
ACCEPTED = replace(
    OPEN, state="accepted", owner="Tom", accepted_by="Priya", accepted_reason="not reachable", accepted_on="2026-02-21T00:00:00Z",
    accepted_until="2026-05-01T00:00:00Z",
)  # fmt: skip


@pytest.mark.parametrize(("severity", "days"), [("critical", 7), ("high", 30), ("medium", 90), ("low", 180)])
def test_an_open_finding_has_the_time_of_its_severity_from_its_first_detection(severity, days):
    end = FOUND + timedelta(days=days)
    before, after = (judged("vuln.sla", replace(OPEN, severity=severity), now=now) for now in (end - timedelta(seconds=1), end))
    assert (before.outcome, before.holds_until, after.outcome) == (PASS, end, FAIL)
    assert before.reason == after.reason


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"state": "fixed"}, PASS), ({"state": "not_affected"}, PASS), ({"state": "false_positive"}, PASS), ({"state": None}, NO_DATA),
        ({"state": "invented"}, NO_DATA), ({"found": None}, NO_DATA), ({"severity": None}, NO_DATA), ({"severity": "info"}, NOT_APPLICABLE),
        ({"state": "accepted"}, NO_DATA), ({"state": "accepted", "accepted_reason": ""}, FAIL),
        ({"state": "accepted", "accepted_reason": "not reachable"}, PASS),
    ],
)  # fmt: skip
def test_what_else_a_finding_may_be(change, outcome):
    assert judged("vuln.sla", replace(OPEN, **change)).outcome == outcome


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, NO_DATA), ({"exploited": False}, NOT_APPLICABLE), ({"epss_permille": 499}, NOT_APPLICABLE), ({"epss_permille": 500}, FAIL),
        ({"exploited": True}, FAIL), ({"exploited": True, "found": "2026-02-28T00:00:00Z"}, PASS), ({"exploited": True, "state": "fixed"}, PASS),
        ({"exploited": True, "found": None}, NO_DATA), ({"exploited": True, "severity": "low"}, FAIL), ({"exploited": True, "state": None}, NO_DATA),
        ({"exploited": True, "state": "accepted"}, FAIL),
    ],
)  # fmt: skip
def test_what_is_exploited_has_seven_days_whatever_its_score(change, outcome):
    assert judged("vuln.exploited_fast", replace(OPEN, **change)).outcome == outcome


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, PASS), ({"state": "open"}, NOT_APPLICABLE), ({"accepted_by": "tom "}, FAIL), ({"accepted_by": ""}, FAIL), ({"accepted_reason": ""}, FAIL),
        ({"accepted_until": ""}, FAIL), ({"accepted_until": "2026-02-28T00:00:00Z"}, FAIL), ({"accepted_until": "2027-01-01T00:00:00Z"}, FAIL),
        ({"owner": None}, NO_DATA), ({"accepted_on": None}, NO_DATA), ({"accepted_by": None, "accepted_reason": ""}, FAIL), ({"state": None}, NO_DATA),
    ],
)  # fmt: skip
def test_an_acceptance_has_another_approver_a_reason_and_an_end(change, outcome):
    assert judged("vuln.acceptance_valid", replace(ACCEPTED, **change)).outcome == outcome


def test_an_acceptance_turns_at_its_end():
    assert judged("vuln.acceptance_valid", ACCEPTED).holds_until == datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reopened", "cause", "outcome"),
    [(None, None, NO_DATA), (0, None, PASS), (1, "", PASS), (2, "", FAIL), (2, None, NO_DATA), (2, "old image", PASS)],
)
def test_what_came_back_twice_has_a_cause(reopened, cause, outcome):
    assert judged("vuln.reopened", replace(OPEN, reopened=reopened, root_cause=cause)).outcome == outcome


ASSET = ScannedAsset(subject="web-1", asset="host", in_scope=True, last_scanned="2026-02-25T12:00:00Z")


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, PASS), ({"last_scanned": ""}, FAIL), ({"last_scanned": "2026-02-22T12:00:00Z"}, FAIL), ({"asset": "repository"}, FAIL),
        ({"last_scanned": None}, NO_DATA), ({"in_scope": None}, NO_DATA), ({"in_scope": None, "last_scanned": ""}, NO_DATA),
        ({"in_scope": False, "last_scanned": ""}, NOT_APPLICABLE), ({"asset": "toaster"}, NO_DATA), ({"asset": None}, NO_DATA),
    ],
)  # fmt: skip
def test_what_is_in_scope_was_scanned_lately(change, outcome):
    assert judged("vuln.coverage", replace(ASSET, **change)).outcome == outcome


PENTEST = SecurityTest(subject="app", form="pentest", performed="2025-06-01T00:00:00Z", tester="Redgate Ltd", independent=True, open_high=0)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, PASS), ({"form": "external_scan"}, NOT_APPLICABLE), ({"performed": "2025-03-01T12:00:00Z"}, FAIL), ({"performed": ""}, FAIL),
        ({"independent": False}, FAIL), ({"open_high": 1, "performed": None}, FAIL), ({"performed": None}, NO_DATA), ({"independent": None}, NO_DATA),
        ({"open_high": None}, NO_DATA), ({"form": None}, NO_DATA),
    ],
)  # fmt: skip
def test_a_penetration_test_is_recent_independent_and_dealt_with(change, outcome):
    assert judged("vuln.pentest_annual", replace(PENTEST, **change)).outcome == outcome


@pytest.mark.parametrize(
    ("change", "outcome"),
    [({}, PASS), ({"form": "pentest"}, NOT_APPLICABLE), ({"performed": ""}, FAIL), ({"performed": None}, NO_DATA), ({"performed": "2025-12-01T12:00:00Z"}, FAIL)],
)  # fmt: skip
def test_the_perimeter_was_scanned_in_ninety_days(change, outcome):
    scan = SecurityTest(subject="perimeter", form="external_scan", performed="2026-01-15T00:00:00Z")
    judgement = judged("vuln.external_scan", replace(scan, **change))
    assert (judgement.outcome, judgement.holds_until > NOW if judgement.holds_until else outcome != PASS) == (outcome, True)
