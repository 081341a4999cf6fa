"""The demo company's eight months at Jira, read over HTTP and judged: what stands in the story is what the checks find, and no more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from controls.judging import judge
from controls.outcomes import Outcome
from controls.registry import definition
from evidence.facts.fact import Fact
from evidence.facts.identity_event.v1 import IdentityEvent
from evidence.facts.person.v1 import Person
from integrations.sandbox.clock import Clock
from integrations.sandbox.company.roster import colleagues, day, instant
from integrations.sandbox.jira.cast import RESPONDERS
from integrations.sandbox.jira.scenario import READER_EMAIL, READER_TOKEN, fernhill, steps
from integrations.sandbox.jira.server import running
from integrations.sandbox.jira.state import account_id
from integrations.sandbox.jira.story import play
from tests.integrations.jira.scanning import reading

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
NOW = START + timedelta(days=243)


@pytest.fixture(scope="module")
def facts() -> Iterator[dict[str, list[Fact]]]:
    """Everything of all kinds, after the whole story; persons as the personnel system has them, grants as Okta logged them."""
    state = fernhill(Clock(START))
    state.limit = 100_000
    for _step in play(state, steps(START, NOW), until=NOW):
        continue
    found: dict[str, list[Fact]] = {}
    with running(state) as twin, reading(twin, who=(READER_EMAIL, READER_TOKEN), since=START - timedelta(days=40)) as run:
        for kind in ("tracker_user", "tracker_group", "tracker_project", "ticket"):
            found[kind] = [each.fact for each in run.observations(kind)]
            assert run.context.faults(kind) == ()
        assert run.context.completeness("ticket") == "total"
    people = [each for each in colleagues() if each.joins_day is None or each.joins_day <= 243]
    found["person"] = [_person(each) for each in people]
    found["identity_event"] = [_grant(each.email, each.team, each.joins_day + 0.02) for each in people if each.joins_day]
    yield found


def _person(who) -> Person:
    gone = who.leaves_day is not None and who.leaves_day <= 243 and who.rejoins_day is None
    last = day(START, who.leaves_day).isoformat() if gone else ""
    return Person(subject=who.user, name=who.name, employee_number=who.employee, work_email=who.email, last_day=last)


def _grant(email: str, team: str, when: float) -> IdentityEvent:
    at = instant(START, when).strftime("%Y-%m-%dT%H:%M:%SZ")
    return IdentityEvent(
        subject=f"{email} {team}", event="group.user_membership.add", at=at, outcome="success", target_name=email, detail_name=team
    )


def judged(facts: dict[str, list[Fact]], check: str, **parameters: object) -> dict[Outcome, set[str]]:
    """Names of subjects by outcome."""
    known = definition(check)
    others = {each.KIND: facts[each.KIND] for each in known.others}
    found: dict[Outcome, set[str]] = {}
    for fact in facts[known.kind]:
        outcome = judge(known.module, fact, {**known.defaults, **parameters}, NOW, others).outcome
        found.setdefault(outcome, set()).add(fact.name.split(" ", 1)[1] if known.kind == "ticket" else fact.name)
    return found


def test_security_tickets(facts) -> None:
    late = {"cryptography accepts crafted input in api", "Security headers are missing on help-center"}
    assert judged(facts, "tk.security.sla")[Outcome.FAIL] == late
    assert len(judged(facts, "tk.security.sla")[Outcome.PASS]) == 6
    assert judged(facts, "tk.security.assigned")[Outcome.FAIL] == {"Text of a user reaches the page unescaped"}
    assert Outcome.NO_DATA not in judged(facts, "tk.security.assigned")


def test_incidents(facts) -> None:
    found = judged(facts, "tk.incident.postmortem")
    assert (found[Outcome.FAIL], found[Outcome.PASS]) == (
        {"Imports stand still for a day"},
        {"Checkout answers with errors", "A bucket of exports could be read by anybody"},
    )


def test_changes(facts) -> None:
    found = judged(facts, "tk.change.approved")
    assert found[Outcome.FAIL] == {"Hotfix of the invoice run", "Faster releases of marketing-site", "Publish help-center"}
    assert len(found[Outcome.PASS]) == 20


def test_access_requests(facts) -> None:
    found = judged(facts, "tk.access_request.approved")
    assert {name.rpartition(" for ")[2] for name in found[Outcome.FAIL]} == {"Sofie Nygaard (E0091)"}
    assert "Access to backend for Bianca Weiss (E0065)" in found[Outcome.PASS]
    assert not any("Isaac Mutua" in name for names in found.values() for name in names)
    assert Outcome.NO_DATA not in found


def test_leavers_of_a_team_managed_project_without_resolution_dates(facts) -> None:
    found = judged(facts, "tk.offboarding.exists")
    assert found[Outcome.FAIL] == {"Emily Parker", "Helena Brandão"} or found[Outcome.FAIL] == {"Emily Parker", "Helena Brandao"}
    assert {"Dmitri Sokolov", "Hugo Laurent", "Omar Khalil"} <= found[Outcome.PASS]
    assert {each.resolved for each in facts["ticket"] if each.project == "PEOPLE" and each.category == "done"}.isdisjoint({None, ""})


def test_confidential_projects_and_administrators(facts) -> None:
    found = judged(facts, "tk.project.restricted", projects=["SEC", "PEOPLE", "OPS"])
    assert (found[Outcome.PASS], found[Outcome.FAIL]) == ({"SEC Security", "PEOPLE People"}, {"OPS Operations"})
    admins = judged(facts, "tk.admins", register=["jonas.weber@fernhill.example"])
    assert (admins[Outcome.PASS], admins[Outcome.FAIL]) == ({"Jonas Weber"}, {"Tom Okafor"})
    responders = next(each for each in facts["tracker_group"] if each.name == "security-responders")
    assert set(responders.members) == {account_id(each) for each in RESPONDERS}


def test_people_are_those_of_the_roster(facts) -> None:
    users = {each.subject: each for each in facts["tracker_user"]}
    assert users[account_id("sam.carter")].email == "sam@fernhill.example"
    assert (users[account_id("emily.parker")].enabled, users[account_id("nils.aaberg")].enabled) == (False, True)
    assert users[account_id("quentin.roche")].email is None
    assert users[account_id("automation")].kind == "app"
    assert account_id("tim.hofer") not in users


def test_a_history_played_in_steps_ends_where_it_would_have_been_made_at_once() -> None:
    middle, end = START + timedelta(days=47), START + timedelta(days=60)
    at_once, in_steps = fernhill(Clock(START)), fernhill(Clock(START))
    for _step in play(at_once, steps(START, end), until=end):
        continue
    for since, until in ((START, middle), (middle, end)):
        for _step in play(in_steps, steps(START, until, since), until=until):
            continue
    assert at_once.issues == in_steps.issues
    assert (at_once.users, at_once.groups) == (in_steps.users, in_steps.groups)
