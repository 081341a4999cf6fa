"""What can run short has alarms that say so (A1.1, CC7.2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.checks.shared.arns import account_of
from controls.outcomes import Judgement, failed, not_applicable, passed
from evidence.facts.alarm.v1 import Alarm
from evidence.facts.monitored_resource.v1 import MonitoredResource

FACT = MonitoredResource
OTHERS: tuple[type, ...] = (Alarm,)
PARAMETERS: Mapping[str, object] = {}


def judge(fact: MonitoredResource, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence]) -> Judgement:
    """Judge one resource by whether alarms with enabled actions watch its measurements. Each entry of a rule is a choice: one of its
    metrics is enough."""
    rule = _rule(fact)
    if rule is None:
        return not_applicable(f"no measurement is asked for a {fact.form} of the kind {fact.variant}")
    namespaces, choices = rule
    watched = {
        measure.metric
        for alarm in others[Alarm.KIND]
        if alarm.actions_enabled and alarm.region == fact.region and account_of(alarm.subject) == account_of(fact.subject)
        for measure in alarm.watches
        if measure.namespace in namespaces and fact.measured_as in measure.dimensions
    }
    missing = [" or ".join(choice) for choice in choices if not watched.intersection(choice)]
    if missing:
        return failed(f"no alarm on {', '.join(missing)}")
    return passed(f"alarms on {', '.join(sorted(watched))}")


def _rule(resource: MonitoredResource) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]] | None:
    """Namespaces and choices of metrics (CloudWatch user guides of RDS, Elastic Load Balancing and SQS)."""
    if resource.form == "database":
        grows = resource.variant.startswith(("aurora", "docdb", "neptune"))  # their storage grows by itself
        storage = () if grows else (("FreeStorageSpace",),)
        return ("AWS/RDS", "AWS/DocDB", "AWS/Neptune"), (("CPUUtilization",), *storage)
    if resource.form == "queue":
        return ("AWS/SQS",), (("ApproximateAgeOfOldestMessage",),)
    if resource.variant == "application":
        return ("AWS/ApplicationELB",), (("HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count", "UnHealthyHostCount"),)
    if resource.variant == "network":
        return ("AWS/NetworkELB",), (("UnHealthyHostCount",),)
    return None
