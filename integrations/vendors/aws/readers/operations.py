"""Reads how machines stand with their patches, which alarms exist, and what they should watch."""

from collections.abc import Iterator
from typing import Any

from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.client import AwsPage
from integrations.vendors.aws.collectors.operations import v1 as collector
from integrations.vendors.aws.reading import Reader, Reading

MACHINES_AT_ONCE = 50  # ssm:DescribeInstancePatchStates' limit
SUBSCRIPTIONS = "sns:ListSubscriptionsByTopic"

STREAMS = (
    Stream(
        kind="machine_patching",
        title="Patch state of running machines",
        operations=("ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:DescribeInstancePatchStates"),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="No command is run on a machine, no parameter is read.",
    ),
    Stream(
        kind="alarm",
        title="CloudWatch alarms and who hears them",
        operations=("cloudwatch:DescribeAlarms", SUBSCRIPTIONS),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="No message is read. Of subscribers only the number that confirmed is used.",
    ),
    Stream(
        kind="monitored_resource",
        title="Databases, load balancers and queues that alarms should watch",
        operations=("rds:DescribeDBInstances", "elbv2:DescribeLoadBalancers", "sqs:ListQueues"),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="No message in a queue is read.",
    ),
)


def _patching(reading: Reading) -> Iterator[Observation]:
    kind = "machine_patching"

    def read(region: str) -> Iterator[Observation]:
        pages = reading.pages("ec2:DescribeInstances", region=region, kind=kind)
        machines = [(page, collector.running([page.data])) for page in pages]
        ids = [each["InstanceId"] for _page, found in machines for each in found]
        if not ids:
            return
        known, digests = _known(reading, region)
        states = _states(reading, region, [each for each in ids if each in known], digests)
        for page, found in machines:
            yield from reading.facts(
                kind,
                page,
                found,
                lambda row: [
                    collector.machine_patching(
                        row,
                        reading.arn("ec2", f"instance/{row['InstanceId']}", region),
                        region,
                        known.get(row["InstanceId"]),
                        states.get(row["InstanceId"]),
                    )
                ],
                also=digests,
            )

    yield from reading.by_region(kind, read)


def _known(reading: Reading, region: str) -> tuple[dict[str, Any], list[str]]:
    pages = list(reading.client.call(operation="ssm:DescribeInstanceInformation", region=region, kind="machine_patching"))
    listed = {each["InstanceId"]: each for page in pages for each in page.data.get("InstanceInformationList", ())}
    return listed, [page.digest for page in pages]


def _states(reading: Reading, region: str, ids: list[str], digests: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for start in range(0, len(ids), MACHINES_AT_ONCE):
        given = {"InstanceIds": ids[start : start + MACHINES_AT_ONCE]}
        operation = "ssm:DescribeInstancePatchStates"
        for page in reading.client.call(operation=operation, region=region, parameters=given, kind="machine_patching"):
            digests.append(page.digest)
            found |= {each["InstanceId"]: each for each in page.data.get("InstancePatchStates", ())}
    return found


def _alarms(reading: Reading) -> Iterator[Observation]:
    kind = "alarm"

    def read(region: str) -> Iterator[Observation]:
        for page in reading.client.call(operation="cloudwatch:DescribeAlarms", region=region, kind=kind, rows="MetricAlarms"):
            for entry in page.data.get("MetricAlarms", ()):
                heard = {topic: _listeners(reading, topic) for topic in collector.topics(entry)}
                listeners = {topic: None if pages is None else _confirmed(pages) for topic, pages in heard.items()}
                also = [each.digest for pages in heard.values() for each in pages or ()]
                yield from reading.facts(kind, page, [entry], lambda row, heard=listeners: [collector.alarm(row, region, heard)], also=also)

    yield from reading.by_region(kind, read)


def _listeners(reading: Reading, topic: str) -> tuple[AwsPage, ...] | None:
    region, given = topic.split(":")[3], {"TopicArn": topic}
    return reading.part("alarm", SUBSCRIPTIONS, lambda: reading.pages(SUBSCRIPTIONS, region=region, parameters=given, kind="alarm"))


def _confirmed(pages: tuple[AwsPage, ...]) -> int:
    return sum(collector.confirmed(page.data.get("Subscriptions", ())) for page in pages)


def _monitored(reading: Reading) -> Iterator[Observation]:
    kind, account, partition = "monitored_resource", reading.account, reading.partition

    def read(region: str) -> Iterator[Observation]:
        for page in reading.pages("rds:DescribeDBInstances", region=region, kind=kind):
            yield from reading.facts(kind, page, page.data.get("DBInstances", ()), lambda row: collector.databases([row], region))
        for page in reading.pages("elbv2:DescribeLoadBalancers", region=region, kind=kind):
            yield from reading.facts(kind, page, page.data.get("LoadBalancers", ()), lambda row: collector.load_balancers([row], region))
        for page in reading.pages("sqs:ListQueues", region=region, kind=kind):
            rows = page.data.get("QueueUrls", ())
            yield from reading.facts(kind, page, rows, lambda row: collector.queues([row], account, region, partition))

    yield from reading.by_region(kind, read)


READERS: dict[str, Reader] = {"machine_patching": _patching, "alarm": _alarms, "monitored_resource": _monitored}
