"""The joined facts in the pipeline: leavers, time to revoke, systems that are absent, decisions."""

from datetime import timedelta

import pytest

from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.models import Check, Verdict
from controls.outcomes import Outcome
from controls.registry import definitions
from controls.services.adoption import adopt_controls, library
from controls.services.evaluation import evaluate_due
from evidence.facts.change.v1 import Change
from evidence.facts.identity_event.v1 import IdentityEvent
from evidence.models import Demand, Record
from people.models import UnusedSystem
from people.services.pairing import demand_sources, is_pairing_due
from tests.people.company import NOON, OF_CATEGORY, SAM, TOM, at, identity, key, paired, person, record, small_company

JOINS = sorted(each.id for each in definitions().values() if each.vendor == "people" and each.version)


@pytest.fixture
def here(fernhill):
    codes = [code for code, control in library().items() if {link.id for link in control.checks} & set(JOINS)]
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=codes, now=NOON - timedelta(days=1))
        yield fernhill


def verdict(check, name):
    found = Verdict.objects.get(check_row__check_id=check, subject__name=name)
    return Outcome(found.outcome), found.reason


def left(day="2026-03-01", **more):
    return person("E0002", "Sam Carter", SAM, status="terminated", last_day=day, **more)


TOM_FACT = person("E0001", "Tom Okafor", TOM)


def test_the_library_uses_every_join_that_is_judged(here):
    assert set(Check.objects.filter(check_id__startswith="x.", logic_version__gt=0).values_list("check_id", flat=True)) == set(JOINS)


def test_a_leaver_is_found_in_four_systems_and_seen_to_be_mended_one_by_one(here):
    small_company(NOON - timedelta(hours=1))
    record("aws", "access_key", [key("sam.carter")], NOON - timedelta(hours=1))
    record("bamboohr", "person", [TOM_FACT, left("2026-02-28")])
    paired()
    assert verdict("x.term.idp_active", "Sam Carter")[0] is Outcome.FAIL
    outcome, reason = verdict("x.term.app_active", "Sam Carter")
    assert outcome is Outcome.FAIL
    assert reason.startswith("sam-carter (github), sam.carter (aws), sam.carter@fernhill.example (jira) enabled")
    assert verdict("x.term.tokens_revoked", "Sam Carter")[0] is Outcome.FAIL
    record("github", "account", [], at(0.5))
    record("jira", "tracker_user", [], at(0.5))
    paired(at(0.5))
    assert verdict("x.term.app_active", "Sam Carter")[1].startswith("sam.carter (aws) enabled")
    record("aws", "account", [], at(1))
    paired(at(1))
    assert verdict("x.term.app_active", "Sam Carter")[0] is Outcome.PASS
    assert verdict("x.term.tokens_revoked", "Sam Carter")[0] is Outcome.PASS


def test_time_to_revoke_runs_from_the_end_of_the_last_day_in_the_persons_zone_to_the_event_in_the_log(here):
    small_company()
    record("bamboohr", "person", [TOM_FACT, left("2026-02-27", zone="America/New_York")])
    record("okta", "identity", [identity("tom.okafor", number="E0001"), identity("sam.carter", number="E0002", enabled=False)])
    event = IdentityEvent(
        subject="e1", event="user.lifecycle.deactivate", at="2026-03-01T04:00:00Z", outcome="success", target="00usam.carter"
    )
    record("okta", "identity_event", [event], mode="incremental")
    paired()
    assert verdict("x.term.idp_active", "Sam Carter") == (
        Outcome.PASS, "employment ends 2026-02-28 05:00 UTC; disabled: sam.carter@fernhill.example 2026-03-01 04:00 UTC",
    )  # fmt: skip


def test_a_revocation_that_came_late_fails_even_where_nobody_looked_in_between(here):
    small_company()
    record("bamboohr", "person", [TOM_FACT, left("2026-02-27", ended_at="2026-02-27T15:00:00Z")])
    record("okta", "identity", [identity("tom.okafor", number="E0001"), identity("sam.carter", number="E0002", enabled=False)])
    event = IdentityEvent(
        subject="e1", event="user.lifecycle.suspend", at="2026-03-01T04:00:00Z", outcome="success", target="00usam.carter"
    )
    record("okta", "identity_event", [event], mode="incremental")
    paired()
    outcome, reason = verdict("x.term.idp_active", "Sam Carter")
    assert outcome is Outcome.FAIL
    assert "disabled 2026-03-01 04:00 UTC; employment ends 2026-02-27 15:00 UTC" in reason


def test_the_verdict_turns_at_its_own_instant_without_another_look(here):
    small_company(staleness=10 * 24 * 3600)
    record("bamboohr", "person", [TOM_FACT, left("2026-03-02")], staleness=10 * 24 * 3600)
    paired()
    assert verdict("x.term.idp_active", "Sam Carter")[0] is Outcome.PASS
    evaluate_due(now=at(days=3))
    found = Verdict.objects.get(check_row__check_id="x.term.idp_active", subject__name="Sam Carter")
    assert (Outcome(found.outcome), found.since.isoformat()) == (Outcome.FAIL, "2026-03-03T23:00:00+00:00")


@pytest.mark.parametrize("category", sorted(OF_CATEGORY))
@pytest.mark.parametrize("how", ["never connected", "not read any more"])
def test_with_one_system_absent_every_join_says_which_and_passes_nobody(here, category, how):
    absent = OF_CATEGORY[category]
    name = {
        "hr": "personnel system",
        "identity": "identity provider",
        "cloud": "cloud",
        "code": "code hosting",
        "tickets": "ticket tracker",
    }[category]
    now = NOON
    if how == "not read any more":
        small_company(NOON)
        paired()
        assert Verdict.objects.filter(check_row__check_id="x.account.unlinked", outcome=Outcome.PASS).count() == 8
        now = at(5)
    small_company(now, without=[absent])
    paired(now)
    evaluate_due(now=now)
    passing = Verdict.objects.filter(check_row__check_id__in=JOINS, outcome=Outcome.PASS)
    assert [(each.check_row.check_id, each.reason) for each in passing] == []
    states = {each.check_id: (each.state, each.detail) for each in Check.objects.filter(check_id__in=JOINS)}
    assert {check: name in detail for check, (_state, detail) in states.items()} == dict.fromkeys(JOINS, True)
    assert {state for state, _detail in states.values()} <= {"no_data", "fail"}


def test_a_system_that_the_company_does_not_have_is_not_waited_for(here, arrange):
    with arrange(here):
        UnusedSystem.objects.create(category="tickets", reason="we use paper", decided_by="Marta", since=NOON)
    small_company(without=["jira"])
    paired()
    assert verdict("x.mfa.everywhere", "tom-okafor")[0] is Outcome.PASS


def test_a_source_that_becomes_stale_makes_pairing_due(here):
    small_company()
    paired()
    assert (is_pairing_due(at(1)), is_pairing_due(at(4))) == (False, True)


def test_a_merge_is_judged_by_the_employment_of_its_day(here):
    small_company()
    record("bamboohr", "person", [TOM_FACT, left("2026-02-10")])
    merges = [
        Change(subject="p1", repository="r", repository_name="api", number=1, merged="2026-02-09T12:00:00Z", merged_by="sam-carter"),
        Change(subject="p2", repository="r", repository_name="api", number=2, merged="2026-02-12T12:00:00Z", merged_by="sam-carter"),
    ]
    record("github", "change", merges, mode="incremental")
    paired()
    assert verdict("x.pr.merger_is_current", "api #1")[0] is Outcome.PASS
    assert verdict("x.pr.merger_is_current", "api #2") == (
        Outcome.FAIL, "merged 2026-02-12 12:00 UTC by Sam Carter, who was not employed then",
    )  # fmt: skip


def test_sources_are_demanded_of_whoever_has_them_once_a_join_is_in_use(here):
    assert demand_sources()
    assert not demand_sources()
    assert {"person", "identity", "identity_event", "account", "tracker_user"} <= set(
        Demand.objects.filter(asked_by="people", vendor="").values_list("kind", flat=True)
    )


def test_joined_facts_stand_in_the_evidence_like_any_vendors(here):
    small_company()
    run = paired()
    record_of_tom = Record.objects.get(run=run, subject__name="Tom Okafor")
    assert '"read":["hr","identity","cloud","code","tickets"]' in record_of_tom.fact
