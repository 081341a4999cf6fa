"""Alarms on databases, load balancers and queues tell somebody who confirmed (CC7.2, CC7.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.alarm.v1 import Alarm

FACT = Alarm
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
_CAPACITY = frozenset({"AWS/RDS", "AWS/DocDB", "AWS/Neptune", "AWS/ApplicationELB", "AWS/NetworkELB", "AWS/SQS"})


def judge(fact: Alarm, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one alarm on capacity: actions are on, and one of them is a topic with a confirmed subscriber, or opens an incident."""
    if not any(each.namespace in _CAPACITY for each in fact.watches):
        return not_applicable("does not watch a database, a load balancer or a queue")
    if fact.actions_enabled is None:
        return no_data("whether its actions are on was not observed")
    if not fact.actions_enabled:
        return failed("its actions are switched off")
    heard = [each.target for each in fact.actions if each.listeners or each.target.split(":")[2:3] in (["ssm"], ["ssm-incidents"])]
    if heard:
        return passed(f"heard through {', '.join(heard)}")
    topics = [each for each in fact.actions if each.target.split(":")[2:3] == ["sns"]]
    if any(each.listeners is None for each in topics):
        return no_data("whether anybody listens to its topic was not observed")
    return failed("nobody confirmed to listen to its topic" if topics else "it tells nobody")
