"""Bypasses and changes of branch rules have an explanation (CC8.1, CC7.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import minute
from controls.outcomes import Judgement, failed, not_applicable, passed
from evidence.facts.rule_event.v1 import RuleEvent

FACT = RuleEvent
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"explained": []}
HARMLESS = frozenset({"protected_branch.create", "repository_ruleset.create"})  # adds a rule, takes none away


def judge(fact: RuleEvent, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one event of the audit log."""
    if fact.action in HARMLESS:
        return not_applicable("a rule was added")
    said = f"{fact.action} by {fact.actor or 'an unknown actor'} at {minute(fact.at)}"
    for line in parameters["explained"]:  # type: ignore[attr-defined]
        event, _, ticket = (part.strip() for part in str(line).partition(": "))
        if event in (fact.subject, fact.subject.removeprefix("event:")):
            return passed(f"{said}, explained by {ticket or 'an entry of the register'}")
    return failed(f"{said} without an explanation")
