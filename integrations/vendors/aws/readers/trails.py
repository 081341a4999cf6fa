"""Reads the trails of the account and its log groups."""

from collections.abc import Iterator
from typing import Any

from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.client import AwsPage
from integrations.vendors.aws.collectors.trails import v1 as collector
from integrations.vendors.aws.reading import Reader, Reading

STATUS, SELECTORS = "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"

STREAMS = (
    Stream(
        kind="audit_trail",
        title="CloudTrail trails",
        operations=("cloudtrail:DescribeTrails", STATUS, SELECTORS),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="The events in the trails are not read.",
    ),
    Stream(
        kind="log_group",
        title="CloudWatch log groups",
        operations=("logs:DescribeLogGroups",),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="No log entry is read.",
    ),
)


def _trails(reading: Reading) -> Iterator[Observation]:
    """Each region lists its own trails and the shadows of those that reach into it; each trail is read once, at its home."""
    kind = "audit_trail"
    seen: set[str] = set()
    for each in reading.by_region(kind, lambda region: _of_region(reading, region)):
        if each.fact.subject not in seen:
            seen.add(each.fact.subject)
            yield each


def _of_region(reading: Reading, region: str) -> Iterator[Observation]:
    page = reading.client.one(operation="cloudtrail:DescribeTrails", region=region, kind="audit_trail")
    for trail in page.data.get("trailList") or ():
        yield from reading.facts("audit_trail", page, [trail], lambda row: [_trail(reading, row)[0]], also=_digests(reading, trail))


def _trail(reading: Reading, row: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
    arn, home = row["TrailARN"], row.get("HomeRegion", "")
    return reading.memo(("trail", arn), lambda: _made(reading, row, arn, home))


def _digests(reading: Reading, row: Any) -> tuple[str, ...]:
    return _trail(reading, row)[1] if isinstance(row, dict) and isinstance(row.get("TrailARN"), str) else ()


def _made(reading: Reading, row: dict[str, Any], arn: str, home: str) -> tuple[Any, tuple[str, ...]]:
    status = reading.part("audit_trail", STATUS, lambda: _asked(reading, STATUS, home, {"Name": arn}))
    selectors = reading.part("audit_trail", SELECTORS, lambda: _asked(reading, SELECTORS, home, {"TrailName": arn}))
    fact = collector.audit_trail(row, status.data if status else None, selectors.data if selectors else None, reading.account)
    return fact, tuple(page.digest for page in (status, selectors) if page)


def _asked(reading: Reading, operation: str, home: str, parameters: dict[str, str]) -> AwsPage:
    return reading.client.one(operation=operation, region=home, parameters=parameters, kind="audit_trail")


def _log_groups(reading: Reading) -> Iterator[Observation]:
    kind = "log_group"

    def read(region: str) -> Iterator[Observation]:
        for page in reading.client.call(operation="logs:DescribeLogGroups", region=region, kind=kind):
            yield from reading.facts(kind, page, page.data.get("logGroups", ()), lambda row: collector.log_groups([row], region))

    yield from reading.by_region(kind, read)


READERS: dict[str, Reader] = {"audit_trail": _trails, "log_group": _log_groups}
