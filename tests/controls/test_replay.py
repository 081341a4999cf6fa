"""What is stored and shown, against a replay: records, coverage and waivers told again in plain Python, with the checks' own logic
and nothing else of the evaluation."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module

import orjson
import pytest

from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.models import Check, ControlCheck, Verdict, VerdictPast, Waiver
from controls.registry import definitions
from controls.selectors.health import control_rows
from controls.services.adoption import adopt_controls, library
from controls.services.evaluation import evaluate_due, evaluate_run
from controls.services.waivers import end_waiver, grant_waiver
from evidence.facts.access_key.v1 import AccessKey
from evidence.facts.account.v1 import Account as AccountFact
from evidence.facts.volume.v1 import Volume
from evidence.models import Record, RunStream, Stream, Subject
from evidence.readings import FaultSeen, Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STALENESS = timedelta(hours=3)
ARN = "arn:aws:iam::123456789012:user/"
CONNECTION = "01890000-0000-7000-8000-000000000001"


def hour(number):
    return NOON + timedelta(hours=number)


def user(name, **more):
    facts = {"console_access": True, "mfa": True, "created": "2025-01-01T00:00:00Z", "last_sign_in": "2026-02-20T00:00:00Z", **more}
    return AccountFact(subject=ARN + name, name=name, **facts)


def key(name, rotated):
    return AccessKey(subject=f"key/{name}", name=name, owner=ARN + "ada", active=True, rotated=rotated, last_used="2026-02-28T00:00:00Z")


def volume(name, encrypted):
    return Volume(subject=f"volume/{name}", name=name, region="eu-central-1", encrypted=encrypted, attached_to=("i-1",))


def look(at, facts, refused=()):
    kinds = sorted({"account", "access_key", "volume"})
    run = start_run(actor=SYSTEM, connection_id=CONNECTION, vendor="aws", connector_version="1", kinds=kinds, started_by="t", now=at)
    readings = [
        Reading(
            vendor="aws", kind=kind, mode="snapshot", complete=kind not in refused, completeness="consistent_read",
            observations=[Observed(fact) for fact in facts if kind == fact.KIND and kind not in refused],
            faults=[FaultSeen("permission_missing", "refused")] if kind in refused else (), staleness_seconds=int(STALENESS.total_seconds()),
        )
        for kind in kinds
    ]  # fmt: skip
    account = Account("123456789012", "Fernhill", "role")
    record_run(actor=SYSTEM, run=run, account=account, readings=readings, calls=(), read_page=lambda _digest: b"", now=at)
    evaluate_run(run, now=at)
    end_run(actor=SYSTEM, run=run, now=at)


@pytest.fixture
def past(fernhill):
    """Twenty hours at Fernhill: people gain and lose factors, come and go; a key grows old between two looks; a permission is lost and
    found; a waiver comes and is ended; nobody looks for eight hours, and somebody looks again."""
    turning = "2025-12-01T18:30:00Z"  # 90 days later is 18:30, between two looks
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=hour(-1))
        look(hour(0), [user("ada"), user("ben", mfa=False), key("old", turning), volume("v1", True), volume("v2", True)])
        look(hour(1), [user("ada"), user("ben"), user("cleo", mfa=None), key("old", turning), volume("v1", True), volume("v2", False)])
        check = Check.objects.get(check_id="aws.ec2.volume_encrypted")
        grant_waiver(
            actor=SYSTEM, check=check, subject=Subject.objects.get(name="v2"), until=hour(30), reason="replaced in May", now=hour(1.5)
        )
        look(hour(2), [user("ada"), key("old", turning), volume("v1", True), volume("v2", False)], refused=("account",))
        look(hour(3), [user("ada"), user("cleo"), key("old", turning), volume("v1", True), volume("v2", False)])
        look(hour(5), [user("ada"), user("cleo", mfa=False), key("old", turning), volume("v1", True), volume("v2", False)])
        evaluate_due(now=hour(7))
        end_waiver(actor=SYSTEM, waiver=Waiver.objects.get(), now=hour(7.5))
        evaluate_due(now=hour(12))
        look(hour(13), [user("ada"), user("cleo"), key("old", "2026-03-01T23:00:00Z"), volume("v1", True)])
        evaluate_due(now=hour(20))
        yield fernhill


# -- the replay ----------------------------------------------------------------------------------------------------------------


@dataclass
class Told:
    """One subject under one check: (from, until, outcome, reason), until None when it still holds."""

    spans: list = field(default_factory=list)

    def say(self, at, outcome, reason):
        if self.spans and self.spans[-1][1] is None:
            start, _end, was, why = self.spans[-1]
            if (was, why) == (outcome, reason):
                return
            self.stop(at)
        self.spans.append((at, None, outcome, reason))

    def stop(self, at):
        if self.spans and self.spans[-1][1] is None:
            start, _end, outcome, reason = self.spans.pop()
            if at > start:
                self.spans.append((start, at, outcome, reason))


def replayed(until):
    """{(check id, subject's key): spans} from the records alone."""
    kinds = dict(Stream.objects.values_list("id", "kind"))
    subjects = {row.pk: (kinds[row.stream_id], row.key) for row in Subject.objects.all()}
    history = defaultdict(list)
    for record in Record.objects.order_by("observed_at", "id"):
        history[record.subject_id].append(record)
    told = {}
    for known in definitions().values():
        if known.vendor != "aws" or not known.version or known.others:
            continue
        module = import_module(f"controls.checks.{known.id.replace('.', '_')}.v{known.version}")
        for subject, records in history.items():
            kind, name = subjects[subject]
            if kind == module.FACT.KIND:
                told[known.id, name] = _of_subject(module, records, until).spans
    return told


def _of_subject(module, records, until):
    told = Told()
    for number, record in enumerate(records):
        if record.gone:
            told.stop(record.observed_at)
            continue
        following = records[number + 1].observed_at if number + 1 < len(records) else None
        fact = module.FACT.load(orjson.loads(record.fact))
        at = record.observed_at
        while at is not None and at <= until and (following is None or at < following):
            judgement = module.judge(fact, dict(module.PARAMETERS), at)
            told.say(at, int(judgement.outcome), judgement.reason)
            at = judgement.holds_until if judgement.holds_until is not None and judgement.holds_until > at else None
    return told


def stored():
    """The same from the verdict tables."""
    spans = defaultdict(list)
    for row in VerdictPast.objects.select_related("check_row", "subject"):
        spans[row.check_row.check_id, row.subject.key].append((row.during.lower, row.during.upper, row.outcome, row.reason))
    for row in Verdict.objects.select_related("check_row", "subject"):
        spans[row.check_row.check_id, row.subject.key].append((row.since, None, row.outcome, row.reason))
    return {place: sorted(each, key=lambda span: span[0]) for place, each in spans.items()}


def seen_at(kind, at):
    """`yes`, or why not: from what each run said of its streams, and when."""
    runs = (
        RunStream.objects.filter(kind=kind, run__observed_at__lte=at)
        .order_by("run__observed_at")
        .values_list("run__observed_at", "outcome")
    )
    looks = [(when, outcome == "complete") for when, outcome in runs]
    whole = [when for when, complete in looks if complete]
    if not looks:
        return "never asked"
    if not whole or not looks[-1][1]:
        return "no"
    return "yes" if at < whole[-1] + STALENESS else "no"


def control_states(told, at):
    """{code: state} at an instant, by the five words and their order."""
    waived = {
        (each.check_row.check_id, each.subject.key)
        for each in Waiver.objects.select_related("check_row", "subject")
        if each.from_at <= at < min(each.until_at, each.ended_at or each.until_at)
    }
    says = {}
    for known in definitions().values():
        outcomes = {
            name: outcome
            for (check, name), spans in told.items()
            for start, end, outcome, _reason in spans
            if check == known.id and start <= at and (end is None or at < end)
        }
        failing = {name for name, outcome in outcomes.items() if outcome == 1}
        seen = {seen_at(kind, at) for kind in known.kinds}
        if not known.version or known.vendor != "aws" or seen == {"never asked"}:
            continue  # a check takes part from the first time that somebody looked for it
        if failing:
            says[known.id] = "waived" if all((known.id, name) in waived for name in failing) else "failed"
        elif seen != {"yes"} or not outcomes or 3 in outcomes.values():
            says[known.id] = "not_observed"
        else:
            says[known.id] = "met" if 0 in outcomes.values() else "no_occurrence"
    states = {}
    links = defaultdict(list)
    for code, check, kind in ControlCheck.objects.values_list("control__code", "check_id", "kind"):
        if kind != "supporting" and check in says:
            links[code].append(says[check])
    for row in control_rows(at):
        order = ["failed", "not_observed", "waived", "met", "no_occurrence"]
        states[row.code] = next((word for word in order if word in links[row.code]), "not_observed")
    return states


# -- the comparison ------------------------------------------------------------------------------------------------------------

INSTANTS = (0.5, 1.2, 1.7, 2.5, 4, 6, 6.7, 7.7, 10, 13.5, 19)


def test_every_stored_verdict_interval_is_the_one_that_the_records_give(past):
    expected = {place: spans for place, spans in replayed(hour(20)).items() if spans}
    assert stored() == expected
    assert sum(1 for spans in expected.values() for span in spans if span[1] is not None) >= 8


def test_the_key_turned_at_its_own_instant_between_two_looks(past):
    spans = replayed(hour(20))["aws.iam.access_key_age_90", "key/old"]
    assert [(start, outcome) for start, _end, outcome, _reason in spans][:2] == [(hour(0), 0), (hour(6.5), 1)]


@pytest.mark.parametrize("at", INSTANTS)
def test_every_control_is_in_the_state_that_a_replay_gives(past, at):
    expected = control_states(replayed(hour(at)), hour(at))
    found = {row.code: row.state for row in control_rows(hour(at))}
    assert found == expected


def test_the_instants_asked_show_every_state(past):
    seen = {state for at in INSTANTS for state in control_states(replayed(hour(at)), hour(at)).values()}
    assert seen >= {"failed", "not_observed", "waived", "met"}


@pytest.mark.parametrize("at", [1.7, 6.7, 10])
def test_the_pages_say_of_the_past_what_the_replay_says(past, priya, browser_of, at):
    expected = control_states(replayed(hour(at)), hour(at))
    asked = hour(at).strftime("%Y-%m-%dT%H:%M:%SZ")
    client = browser_of(priya)
    answer = client.get(f"/fernhill/controls.csv?at={asked}")
    assert answer.status_code == 200
    rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert {row["code"]: row["state"] for row in rows} == expected
    failing = [code for code, state in expected.items() if state == "failed"]
    page = client.get(f"/fernhill/controls/?at={asked}&state=failed")
    assert page.status_code == 200
    assert all(f">{code}<" in page.content.decode() for code in failing)
