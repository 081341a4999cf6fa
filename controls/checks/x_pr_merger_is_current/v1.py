"""Who merged was employed at that instant (CC8.1, CC6.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import day, minute
from controls.checks.shared.joins import unread
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.merge_actor.v1 import MergeActor

FACT = MergeActor
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: MergeActor, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one merged change by the employment of the person behind the login, as of the merge."""
    if blind := unread(fact):
        return blind
    if not fact.login:
        return no_data("who merged it is not shown")
    if fact.holder in ("service", "ignored"):
        return not_applicable(f"merged by {fact.login}, which is no person")
    if fact.holder != "person":
        return failed(
            f"merged by {fact.login}, {'an account of nobody on the roster' if fact.holder == 'external' else 'and whose account that is, is not known'}"
        )
    merged = instants.from_text(fact.merged)
    unknown = False
    for span in fact.employments:
        if span.starts is None or span.ends is None:
            unknown = True
        elif instants.from_text(span.starts) <= merged and (not span.ends or merged < instants.from_text(span.ends)):
            return passed(f"merged {minute(merged)} by {fact.person_name}, employed since {day(span.starts)}")
    if unknown:
        return no_data(f"when {fact.person_name} was employed is not known")
    return failed(f"merged {minute(merged)} by {fact.person_name}, who was not employed then")
