"""Fernhill on GitHub: its size, its weak spots, and a history that can be replayed to the same end."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.sandbox.clock import Clock
from integrations.sandbox.company import fernhill as company
from integrations.sandbox.github.history import changes
from integrations.sandbox.github.rendering.protection import rules_of_branch
from integrations.sandbox.github.scenario import HISTORY, fernhill, steps
from integrations.sandbox.github.state import State
from integrations.sandbox.github.story import play, story

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def state() -> State:
    return fernhill(Clock(START))


def replay(state: State, days: float) -> list[str]:
    until = START + timedelta(days=days)
    return [each.title for each in play(state, steps(START, until), until)]


def test_it_has_64_members_two_owners_28_repositories_and_about_600_changes(state: State) -> None:
    assert len(state.members) == 64
    assert sorted(each.login for each in state.members.values() if each.role == "admin") == ["jonas-weber", "tom-okafor"]
    assert len(state.repositories) == 28
    assert 560 <= sum(each.merged_at is not None for home in state.repositories.values() for each in home.pulls) <= 640


def test_its_people_are_those_of_the_companys_roster(state: State) -> None:
    roster = company.load()
    expected = {each["github"]: (each["name"], each["email"]) for each in roster["people"] if "github" in each and "joins_day" not in each}

    assert {login: (state.people[login].name, state.people[login].email) for login in state.members} == expected
    assert sorted(state.collaborators) == sorted(each["github"] for each in roster["contractors"])


def test_most_repositories_are_protected_by_the_ruleset_three_classically_one_not(state: State) -> None:
    guards = Counter(
        "ruleset" if rules_of_branch(state, home, "main") else "classic" if home.protections else "nothing"
        for home in state.repositories.values()
    )

    assert guards == {"ruleset": 24, "classic": 3, "nothing": 1}


def test_a_few_changes_of_the_history_break_the_rules(state: State) -> None:
    courses = Counter(each.course for each in changes(START - HISTORY, START))

    assert courses["reviewed"] > 540
    assert set(courses) == {
        "reviewed",
        "unreviewed",
        "changed_after_approval",
        "emergency",
        "checks_failed",
        "direct",
        "approved_by_committer",
    }
    assert sum(courses.values()) - courses["reviewed"] < 40


def test_the_same_instant_gives_the_same_company(state: State) -> None:
    assert shown(fernhill(Clock(START))) == shown(state)


def test_a_replayed_history_has_the_same_changes_as_one_made_at_once(state: State) -> None:
    replay(state, 100)
    at_once = fernhill(Clock(START + timedelta(days=100)))

    def merged(of: State) -> set[tuple[str, int, str | None]]:
        since = START
        rows = [(home.name, each) for home in of.repositories.values() for each in home.pulls]
        return {
            (name, each.number, each.merge_sha and each.author)
            for name, each in rows
            if each.merged_at is not None and each.merged_at > since
        }

    assert len(merged(state)) > 200
    assert merged(state) == merged(at_once)


def test_steps_in_two_halves_are_the_steps_of_the_whole() -> None:
    middle, end = START + timedelta(days=40), START + timedelta(days=80)

    whole = [(each.at, each.title) for each in steps(START, end) if "(" in each.title]
    halves = [(each.at, each.title) for each in [*steps(START, middle), *steps(middle, end)] if "(" in each.title]
    assert halves == whole


def test_people_join_and_leave_on_their_day(state: State) -> None:
    replay(state, 30)
    assert "bianca-weiss" in state.members
    assert "dmitri-sokolov" in state.members

    until = START + timedelta(days=33)
    list(play(state, [each for each in steps(START, until) if each.at > START + timedelta(days=30)], until))
    assert "dmitri-sokolov" not in state.members
    assert "dmitri-sokolov" not in state.teams["platform"].members


def test_protection_is_away_for_two_days(state: State) -> None:
    seen = {}
    for step in play(state, steps(START, START + timedelta(days=60))):
        seen[step.at] = bool(rules_of_branch(state, state.repositories["billing-api"], "main"))

    away = [at for at, held in seen.items() if not held]
    assert START + timedelta(days=45.5) == min(away)
    assert max(away) < START + timedelta(days=47.5)
    assert any("Hotfix" in each.message for each in state.repositories["billing-api"].commits)


def test_a_permission_is_away_for_three_days(state: State) -> None:
    token = next(each for each in state.tokens.values() if each.kind == "fine_grained")

    replay(state, 76)
    assert "vulnerability_alerts" not in token.permissions
    state = fernhill(Clock(START))
    replay(state, 79)
    assert next(each for each in state.tokens.values() if each.kind == "fine_grained").permissions["vulnerability_alerts"] == "read"


def test_a_critical_alert_outlives_its_deadline_and_is_fixed(state: State) -> None:
    replay(state, 110)

    alert = next(each for each in state.repositories["api"].dependabot if each.number == 900)
    assert (alert.severity, alert.state) == ("critical", "fixed")
    assert alert.fixed_at is not None
    assert alert.fixed_at - alert.created_at > timedelta(days=7)


def test_every_event_of_the_story_can_happen(state: State) -> None:
    titles = replay(state, 365)

    assert {each.title for each in story(START)} <= set(titles)
    assert len(state.members) == 64 + 4 - 3
    assert state.clock.now() == START + timedelta(days=365)


def shown(state: State) -> str:
    """All of it as text."""

    def plain(value: Any) -> Any:
        return sorted(value) if isinstance(value, set) else str(value) if isinstance(value, datetime) else vars(value)

    rest = {name: value for name, value in vars(state).items() if name not in ("lock", "numbers", "clock")}
    return json.dumps(rest, default=plain, sort_keys=True)
