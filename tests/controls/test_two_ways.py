"""The short way of recording and judging, against the long one, on the same film: whatever is stored must be the same, row for row.

The short way is what every run takes: streams found as they were are written by one statement, and only checks of which something is new
get their state determined. The long way compares every fact, writes every stream by itself and determines the state of every check."""

from datetime import timedelta

import pytest

from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from controls.models import Check, CheckPoint, Health, Verdict, VerdictPast
from controls.services.adoption import adopt_controls, library
from controls.services.evaluation import evaluate_due, evaluate_run, rejudge
from controls.services.parameters import change_parameters
from controls.services.waivers import grant_waiver
from evidence.facts.branch_rules.v1 import BranchRules
from evidence.facts.change.v1 import Change, CheckResult
from evidence.models import Coverage, Run, RunStream, Stream
from evidence.readings import FaultSeen, Observed, Reading
from evidence.services.recording import _record, _source_of, _streams_of, find_differences
from evidence.services.runs import Account, end_run, record_run, start_run
from tests.controls.test_replay import CONNECTION, hour, key, user, volume

STALENESS = timedelta(hours=3)
KINDS = {"aws": ("access_key", "account", "volume"), "github": ("branch_rules", "change")}
INCREMENTAL = frozenset({"change"})


def merge(number, conclusion="success"):
    return Change(
        subject=f"web/{number}", name=f"web #{number}", repository="web", repository_name="web", number=number, merged="2026-03-01T10:00:00Z",
        base_is_default=True, checks=(CheckResult(name="build", conclusion=conclusion),),
    )  # fmt: skip


def rules(*required):
    return BranchRules(subject="web", name="web", branch="main", required_checks=required, sources_complete=True)


class Short:
    """As every run is recorded and judged. What the look before saw of a kind is not compared again."""

    def __init__(self):
        self.last = {}

    def reading(self, kind, reading):
        told = (self.last.get(kind), tuple(reading.observations))
        self.last[kind] = told[1]
        reading.as_before = reading.complete and told[0] == told[1]
        return reading

    def record(self, run, readings, at):
        record_run(actor=SYSTEM, run=run, account=ACCOUNT, readings=readings, calls=(), read_page=lambda _digest: b"", now=at)


class Long:
    """Every fact compared, every stream written by itself, every check looked at."""

    def reading(self, _kind, reading):
        return reading

    def record(self, run, readings, at):
        with action(ActionName.RUN_STARTED, actor=SYSTEM, subject=run):
            run.source = _source_of(
                vendor=run.vendor, account=ACCOUNT.account, account_name=ACCOUNT.account_name, connection_id=run.connection_id, now=at
            )
            streams = _streams_of(run.source, readings)
        differences = find_differences(readings, streams)
        run.observed_at = at
        with action(ActionName.RUN_RECORDED, actor=SYSTEM, subject=run):
            told = _record(run, differences, {})
            run.state, run.outcome = "recorded", "complete" if all(each.complete for each in readings) else "partial"
            run.rows, run.changed = sum(each.received for each in told), sum(each.changed for each in told)
            run.gone = sum(each.gone for each in told)
            run.save()


ACCOUNT = Account("123456789012", "Fernhill", "role")


def look(way, vendor, at, facts, refused=()):
    run = start_run(
        actor=SYSTEM, connection_id=CONNECTION, vendor=vendor, connector_version="1", kinds=KINDS[vendor], started_by="t", now=at
    )
    readings = [
        way.reading(
            kind,
            Reading(
                vendor=vendor, kind=kind, mode="incremental" if kind in INCREMENTAL else "snapshot", complete=kind not in refused,
                completeness="consistent_read", staleness_seconds=int(STALENESS.total_seconds()),
                observations=[Observed(fact) for fact in facts if kind == fact.KIND and kind not in refused],
                faults=[FaultSeen("permission_missing", "refused")] if kind in refused else (),
            ),
        )
        for kind in KINDS[vendor]
    ]  # fmt: skip
    way.record(run, readings, at)
    evaluate_run(run if isinstance(way, Short) else Run.objects.get(pk=run.pk), now=at)
    end_run(actor=SYSTEM, run=run, now=at)


def play(way):
    """Two days: people and disks come and go, a permission is lost and found, nobody looks for ten hours, a key grows old between two
    looks, a parameter is tightened, a waiver ends, merges without a required check, the required checks change."""
    old = key("old", "2025-12-01T18:30:00Z")
    calm = [user("ada"), user("ben"), old, volume("v1", True), volume("v2", True)]
    adopt_controls(actor=SYSTEM, codes=library(), now=hour(-1))
    look(way, "aws", hour(0), calm)
    look(way, "github", hour(0.1), [rules("build"), merge(1)])
    look(way, "aws", hour(1), calm)
    look(way, "github", hour(1.1), [rules("build")])
    look(way, "aws", hour(2), [*calm[1:], user("ada", mfa=False)])
    look(way, "aws", hour(2.5), [*calm[1:], user("ada", mfa=False)], refused=("volume",))
    look(way, "aws", hour(3), [*calm[1:], user("ada", mfa=False)], refused=("volume",))
    check = Check.objects.get(check_id="aws.iam.console_user_mfa")
    grant_waiver(actor=SYSTEM, check=check, subject=None, until=hour(5.5), reason="a new phone is on its way", now=hour(3.5))
    look(way, "aws", hour(4), [*calm[1:], user("ada", mfa=False)])
    look(way, "github", hour(4.1), [rules("build"), merge(2), merge(3, "failure")])
    evaluate_due(now=hour(6))
    look(way, "aws", hour(6), [*calm[1:], user("ada", mfa=False)])
    evaluate_due(now=hour(16))
    look(way, "aws", hour(16), calm[:-1])
    look(way, "github", hour(16.1), [rules("build", "lint"), merge(4)])
    change_parameters(
        actor=SYSTEM, check=Check.objects.get(check_id="aws.iam.access_key_age_90"), given={"max_age_days": "60"}, reason="", now=hour(17)
    )
    for passed in range(18, 30, 2):
        evaluate_due(now=hour(passed))
        look(way, "aws", hour(passed), calm[:-1])
        look(way, "github", hour(passed + 0.1), [rules("build", "lint")])
    evaluate_due(now=hour(40))


def stored():
    """Everything that the two ways write, without ids; subjects by name."""
    return {
        "verdicts": rows(Verdict, "check_row__check_id", "subject__key", "outcome", "reason", "since", "holds_until"),
        "past": rows(VerdictPast, "check_row__check_id", "subject__key", "outcome", "reason", "during"),
        "checks": rows(
            Check, "check_id", "state", "detail", "since", "passing", "failing", "waived", "not_applicable", "unknown", "evaluated_at"
        ),
        "points": rows(
            CheckPoint, "check_row__check_id", "at", "state", "detail", "passing", "failing", "waived", "not_applicable", "unknown"
        ),
        "health": rows(Health, "control__code", "state", "reason", "from_at", "until_at"),
        "coverage": rows(Coverage, "stream__kind", "from_at", "until_at", "runs", "longest_gap_seconds"),
        "streams": rows(
            Stream, "kind", "observed_until", "stale_at", "stale_marked", "completeness", "trouble", "trouble_detail", "denied",
            "staleness_seconds",
        ),
        "lines": rows(
            RunStream, "run__observed_at", "kind", "outcome", "completeness", "received", "expected", "duplicates", "changed", "gone",
            "skips", "faults",
        ),
        "runs": rows(Run, "observed_at", "vendor", "state", "outcome", "rows", "changed", "gone"),
    }  # fmt: skip


def rows(model, *fields):
    return sorted(map(repr, model.objects.values_list(*fields)))


@pytest.fixture
def told(fernhill, brackwater):
    """What the short way stored, and what the long one did."""
    found = []
    for organization, way in ((fernhill, Short()), (brackwater, Long())):
        with scope(organization.pk):
            play(way)
            found.append(stored())
    return found


def test_both_ways_store_the_same_verdicts_states_health_and_coverage_row_for_row(told):
    short, long = told
    assert short.keys() == long.keys()
    assert all(long.values())
    for name in long:
        assert short[name] == long[name], name


def test_the_film_holds_what_it_is_about(told):
    short, _long = told
    health = " ".join(short["health"])
    assert all(word in health for word in ("failed", "not_observed", "waived", "met"))
    assert any("stale" in each for each in short["points"])
    assert any("permission_missing" in each or "refused" in each for each in short["points"])
    assert any("60 days" in each for each in short["verdicts"])


def test_joins_that_judge_only_what_changed_say_what_judging_everything_says(fernhill):
    with scope(fernhill.pk):
        play(Short())
        check = Check.objects.get(check_id="gh.pr.ci_passed")
        assert Verdict.objects.filter(check_row=check).count() == 4
        before = (rows(Verdict, "check_row__check_id", "subject__key", "outcome", "reason", "since"), rows(CheckPoint, "id"))
        rejudge(check, now=hour(41), actor=SYSTEM)
        assert (rows(Verdict, "check_row__check_id", "subject__key", "outcome", "reason", "since"), rows(CheckPoint, "id")) == before


def test_a_run_that_changed_nothing_writes_no_point_and_says_that_every_reader_was_looked_at(fernhill):
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=hour(-1))
        way, facts = Short(), [user("ada"), key("old", "2026-01-01T00:00:00Z"), volume("v1", True)]
        look(way, "aws", hour(0), facts)
        points = CheckPoint.objects.count()
        look(way, "aws", hour(1), facts)
        assert CheckPoint.objects.count() == points
        looked_at = Check.objects.filter(evaluated_at=hour(1)).values_list("check_id", flat=True)
        assert {"aws.iam.console_user_mfa", "aws.iam.access_key_age_90", "aws.ec2.volume_encrypted"} <= set(looked_at)
        assert Coverage.objects.get(stream__kind="volume").until_at == hour(1)
