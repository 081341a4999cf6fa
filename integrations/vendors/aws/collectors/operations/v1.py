"""Patches and alarms of an AWS account. Pure: parsed payloads in, facts out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from evidence.facts import instants
from evidence.facts.alarm.v1 import Alarm, AlarmAction, Measurement
from evidence.facts.machine_patching.v1 import MachinePatching
from evidence.facts.monitored_resource.v1 import MonitoredResource
from evidence.facts.tag import ordered

CLUSTER_STORAGE = ("aurora", "docdb", "neptune")  # engines whose storage grows by itself


def machine_patching(
    machine: Mapping[str, Any], subject: str, region: str, known: Mapping[str, Any] | None, state: Mapping[str, Any] | None
) -> MachinePatching:
    """One running EC2 instance. `known`: its entry of ssm:DescribeInstanceInformation; `state`: of DescribeInstancePatchStates."""
    tags = ordered((tag.get("Key", ""), tag.get("Value", "")) for tag in machine.get("Tags", ()))
    return MachinePatching(
        subject=subject,
        name=next((tag.value for tag in tags if tag.key == "Name"), "") or machine["InstanceId"],
        region=region,
        managed=known is not None and known.get("PingStatus") != "Inactive",
        critical_missing=None if state is None else state.get("CriticalNonCompliantCount", 0),
        security_missing=None if state is None else state.get("SecurityNonCompliantCount", 0),
        scanned="" if state is None else _day(state.get("OperationEndTime")),
        platform="" if known is None else known.get("PlatformName", ""),
        tags=tags,
    )


def _day(instant: datetime | None) -> str | None:
    text = instants.to_text(instant)
    return f"{text[:10]}T00:00:00Z" if text else ""


def running(pages: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The running instances in ec2:DescribeInstances' pages."""
    found = (each for page in pages for group in page.get("Reservations", ()) for each in group.get("Instances", ()))
    return [each for each in found if each.get("State", {}).get("Name") == "running"]


def alarm(entry: Mapping[str, Any], region: str, listeners: Mapping[str, int | None]) -> Alarm:
    """cloudwatch:DescribeAlarms' MetricAlarms entry. `listeners`: confirmed subscribers by topic."""
    return Alarm(
        subject=entry["AlarmArn"],
        name=entry["AlarmName"],
        region=region,
        actions_enabled=entry.get("ActionsEnabled"),
        watches=tuple(sorted(_watches(entry), key=lambda each: (each.namespace, each.metric, each.dimensions))),
        actions=tuple(AlarmAction(target=each, listeners=listeners.get(each)) for each in sorted(set(entry.get("AlarmActions", ())))),
    )


def topics(entry: Mapping[str, Any]) -> list[str]:
    """The topics that the alarm tells."""
    return [each for each in entry.get("AlarmActions", ()) if each.split(":")[2:3] == ["sns"]]


def confirmed(subscriptions: Iterable[Mapping[str, Any]]) -> int:
    """How many of sns:ListSubscriptionsByTopic's entries were confirmed (an unconfirmed one has no ARN yet)."""
    return sum(each.get("SubscriptionArn", "").startswith("arn:") for each in subscriptions)


def _watches(entry: Mapping[str, Any]) -> Iterator[Measurement]:
    if entry.get("MetricName"):
        yield _measurement(entry)
    for query in entry.get("Metrics", ()):
        metric = query.get("MetricStat", {}).get("Metric")
        if metric:
            yield _measurement(metric)


def _measurement(metric: Mapping[str, Any]) -> Measurement:
    pairs = sorted(f"{each['Name']}={each['Value']}" for each in metric.get("Dimensions", ()))
    return Measurement(namespace=metric.get("Namespace", ""), metric=metric.get("MetricName", ""), dimensions=tuple(pairs))


def databases(listed: Iterable[Mapping[str, Any]], region: str) -> Iterator[MonitoredResource]:
    """rds:DescribeDBInstances' DBInstances."""
    for each in listed:
        name = each["DBInstanceIdentifier"]
        yield MonitoredResource(
            subject=each["DBInstanceArn"],
            name=name,
            region=region,
            form="database",
            variant=each.get("Engine", ""),
            measured_as=f"DBInstanceIdentifier={name}",
        )


def load_balancers(listed: Iterable[Mapping[str, Any]], region: str) -> Iterator[MonitoredResource]:
    """elbv2:DescribeLoadBalancers' LoadBalancers. Alarms name them by the last part of their ARN."""
    for each in listed:
        arn = each["LoadBalancerArn"]
        yield MonitoredResource(
            subject=arn,
            name=each.get("LoadBalancerName", ""),
            region=region,
            form="load_balancer",
            variant=each.get("Type", ""),
            measured_as=f"LoadBalancer={arn.partition(':loadbalancer/')[2]}",
        )


def queues(urls: Iterable[str], account: str, region: str, partition: str = "aws") -> Iterator[MonitoredResource]:
    """sqs:ListQueues' QueueUrls."""
    for each in urls:
        name = each.rstrip("/").rpartition("/")[2]
        yield MonitoredResource(
            subject=f"arn:{partition}:sqs:{region}:{account}:{name}",
            name=name,
            region=region,
            form="queue",
            variant="fifo" if name.endswith(".fifo") else "standard",
            measured_as=f"QueueName={name}",
        )
