"""Checks about the evidence itself: what passes, what fails, what is not known, and what turns by time."""

from datetime import UTC, datetime

import pytest

from controls.outcomes import Outcome
from controls.registry import definitions
from evidence.facts.access_scope.v1 import AccessScope, MissingOperation
from evidence.facts.check_population.v1 import CheckPopulation
from evidence.facts.clock_offset.v1 import ClockOffset
from evidence.facts.collection_record.v1 import CollectionRecord
from evidence.facts.control_evidence.v1 import ControlEvidence
from evidence.facts.evidence_sample.v1 import EvidenceSample
from evidence.facts.exclusion.v1 import Exclusion
from evidence.facts.judging_logic.v1 import JudgingLogic, LogicChange
from evidence.facts.population_count.v1 import PopulationCount
from evidence.facts.stream_reading.v1 import StreamReading
from tests.controls.checks.judging import judged

P, F, U, NA = Outcome.PASS, Outcome.FAIL, Outcome.NO_DATA, Outcome.NOT_APPLICABLE
MIDNIGHT = "2026-03-02T23:00:00Z"
AWS = {"subject": "1", "name": "aws fernhill", "vendor": "aws"}


def record(**more):
    return CollectionRecord(**{**AWS, "since": "2026-02-01", "last_day": "2026-03-01", "next_by": MIDNIGHT, **more})


def reading(**more):
    return StreamReading(**{**AWS, "of_kind": "account", "whole": True, "cut": False, "open_lists": (), **more})


def counted(**more):
    return PopulationCount(**{**AWS, "first_way": "the report", "second_way": "the details", **more})


def waiver(**more):
    given = {
        "from_at": "2026-03-01T00:00:00Z",
        "until": "2026-04-01T00:00:00Z",
        "approved_by": "Priya",
        "owners": ("Tom",),
        "reasoned": True,
    }
    return Exclusion(**{"subject": "w", "name": "w", "check": "aws.iam.root_mfa", "covers": "everything", **given, **more})


def logic(*changes, in_force=True):
    return JudgingLogic(subject="aws.iam.root_mfa", version=1, in_force=in_force, changes=changes)


def change(compared=True, reasoned=True):
    return LogicChange(at="2026-02-03T10:00:00Z", version=1, compared=compared, reasoned=reasoned)


def fresh(**more):
    return ControlEvidence(**{"subject": "AC-01", "frequency": "continuous", "watched": True, **more})


CASES = [
    ("q.run.daily", record(), P, "read whole on every day since 2026-02-01, last on 2026-03-01"),
    ("q.run.daily", record(missing_days=("2026-02-07", "2026-02-08")), F, "not read whole on 2 days since 2026-02-01, the first 2026-02-07"),
    ("q.run.daily", record(last_day="", since="2026-03-01"), U, "connected on 2026-03-01 and not read whole yet"),
    ("q.run.daily", record(next_by=None), U, "it is not said by when it must be read again"),
    ("q.scope.permissions", AccessScope(**AWS, read=True), P, "nothing that the checks in use need was refused"),
    (
        "q.scope.permissions",
        AccessScope(**AWS, read=True, missing=(MissingOperation(operation="iam:Get", checks=("aws.b", "aws.a")),)),
        F,
        "iam:Get refused; blind are aws.a, aws.b",
    ),
    ("q.scope.permissions", AccessScope(**AWS), U, "nothing was read with this credential yet"),
    ("q.page.complete", reading(), P, "read to the last page"),
    ("q.page.complete", reading(short=False), P, "read to the last page, as many rows as the vendor counts"),
    ("q.page.complete", reading(short=True), F, "the number of rows differs from what the vendor counts"),
    ("q.page.complete", reading(whole=False, cut=True), F, "the result was cut short by a limit"),
    ("q.page.complete", reading(open_lists=("iam:ListUsers",)), F, "iam:ListUsers: the last page announced another one that was not read"),
    ("q.page.complete", reading(whole=False, trouble="permission_missing"), U, "it was not read to its end: permission_missing"),
    ("q.page.complete", reading(open_lists=None), U, "the ledger of its last reading is not kept any more"),
    ("q.pop.reconciled", counted(first_missing=0, second_missing=0), P, "the report and the details agree"),
    ("q.pop.reconciled", counted(first_missing=0, second_missing=1, first_only=("tom",)), F, "only in the report: tom"),
    ("q.pop.reconciled", counted(first_missing=1, second_missing=0, second_only=("sam",)), F, "only in the details: sam"),
    ("q.pop.reconciled", counted(), U, "the report and the details were not both read whole"),
    ("q.pop.empty", CheckPopulation(subject="c", empty=False), P, "somebody falls under the claim"),
    ("q.pop.empty", CheckPopulation(subject="c", empty=True, explained=True), P, "nobody falls under the claim; a person explained why"),
    ("q.pop.empty", CheckPopulation(subject="c", empty=True), F, "nobody falls under the claim, and no person has explained why"),
    ("q.pop.empty", CheckPopulation(subject="c"), U, "the check could not look yet"),
    ("q.logic.version", logic(), P, "logic version 1, unchanged since it was adopted"),
    ("q.logic.version", logic(change()), P, "logic version 1, 1 changes, each with reason and comparison"),
    ("q.logic.version", logic(change(compared=False)), F, "changed on 2026-02-03 without results before and after on the same data"),
    ("q.logic.version", logic(change(reasoned=False)), F, "changed on 2026-02-03 without a reason"),
    ("q.logic.version", logic(in_force=False), F, "the logic or parameters that judge now are not those on record"),
    ("q.logic.version", logic(in_force=None), U, "no version of the logic is on record"),
    ("q.exclusion.review", waiver(), P, "covers everything, approved by Priya, ends 2026-04-01"),
    ("q.exclusion.review", waiver(approved_by="Tom"), F, "Tom approved it and owns a control that it relieves"),
    ("q.exclusion.review", waiver(reasoned=False), F, "no reason is given"),
    ("q.exclusion.review", waiver(until="2028-01-01T00:00:00Z"), F, "it lasts until 2028-01-01, longer than 365 days"),
    ("q.exclusion.review", waiver(until=None), F, "it has no end"),
    ("q.exclusion.review", waiver(approved_by=""), F, "nobody is named who approved it"),
    ("q.exclusion.review", waiver(ended=True), NA, "ended before its time"),
    ("q.evidence.integrity", EvidenceSample(subject="s", checked=True), P, "every record, raw answer and place in the log that was looked at verifies"),
    ("q.evidence.integrity", EvidenceSample(subject="s", checked=True, broken=("1 altered",)), F, "1 do not verify: 1 altered"),
    ("q.evidence.integrity", EvidenceSample(subject="s"), U, "nothing that is sealed could be looked at yet"),
    ("q.evidence.fresh", fresh(), P, "observed as its frequency (continuous) asks"),
    ("q.evidence.fresh", fresh(stale_since="2026-02-20T08:00:00Z", stale_kinds=("aws account",)), F, "aws account not observed since 2026-02-20"),
    ("q.evidence.fresh", fresh(late_at="2026-02-20T08:00:00Z"), F, "its performance was late from 2026-02-20 on"),
    ("q.evidence.fresh", fresh(watched=None), U, "nothing that is connected or scheduled shows it"),
    ("q.clock", ClockOffset(**AWS, seconds=0), P, "less than 5 seconds apart"),
    ("q.clock", ClockOffset(**AWS, seconds=40), F, "at least 40 seconds apart"),
    ("q.clock", ClockOffset(**AWS), U, "the vendor sends no time"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "fact", "expected", "reason"), CASES)
def test_each_check_says_what_the_fact_shows(check, fact, expected, reason):
    found = judged(check, fact)
    assert (found.outcome, found.reason) == (expected, reason)


def test_all_ten_have_logic_and_are_judged_here_in_passing_failing_and_unknown():
    published = {each.id for each in definitions().values() if each.vendor == "quality"}
    assert len(published) == 10
    seen = {(check, outcome) for check, _fact, outcome, _reason in CASES}
    assert {(check, each) for check in published for each in (P, F)} <= seen
    assert {check for check, each in seen if each is U} == published - {"q.exclusion.review"}  # a waiver's fields are never unknown


def test_a_day_that_ends_unread_turns_the_check_by_itself_and_the_reason_stands_still():
    before, after = datetime(2026, 3, 2, 22, 59, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC)
    found = judged("q.run.daily", record(), now=before)
    assert (found.outcome, found.holds_until) == (P, after)
    late = judged("q.run.daily", record(), now=after)
    assert late.outcome is F and late.reason == judged("q.run.daily", record(), now=datetime(2027, 1, 1, tzinfo=UTC)).reason


def test_a_missed_day_whose_reason_is_written_down_no_longer_fails():
    found = judged("q.run.daily", record(missing_days=("2026-02-07",)), explained_days=["2026-02-07"])
    assert found.outcome is P


def test_a_performance_that_becomes_late_turns_at_its_instant():
    found = judged("q.evidence.fresh", fresh(late_at="2026-03-05T08:00:00Z"))
    assert (found.outcome, found.holds_until) == (P, datetime(2026, 3, 5, 8, tzinfo=UTC))
