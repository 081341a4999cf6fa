"""Judging one fact by a check's current logic, as tests read it."""

from datetime import UTC, datetime

from controls.outcomes import Judgement, Outcome
from controls.registry import definition
from evidence.facts.fact import Fact

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def judged(check_id: str, fact: Fact, *, now: datetime = NOW, **parameters: object) -> Judgement:
    """What the check says with its default parameters, except those given."""
    check = definition(check_id)
    return check.judge(fact, {**check.defaults, **parameters}, now)


def outcome(check_id: str, fact: Fact, *, now: datetime = NOW, **parameters: object) -> Outcome:
    """Only the outcome."""
    return judged(check_id, fact, now=now, **parameters).outcome
