"""Reads the watches of the account, region by region, and what they found."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from evidence.facts.fact import Fact
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.collectors.detection import v1 as collector
from integrations.vendors.aws.reading import Reader, Reading

FINDINGS_AT_ONCE = 50  # guardduty:GetFindings' limit
LEAST_SEVERITY = 4  # of GuardDuty's scale of 0 to 10: medium and above

STREAMS = (
    Stream(
        kind="access_analyzer",
        title="Access analyzers by region",
        operations=("accessanalyzer:ListAnalyzers",),
        completeness=Completeness.LAST_PAGE,
        partition="region",
    ),
    Stream(
        kind="exposure_finding",
        title="Open findings of access from outside",
        operations=("accessanalyzer:ListAnalyzers", "accessanalyzer:ListFindingsV2"),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="Resolved and archived findings are not read.",
    ),
    Stream(
        kind="threat_detector",
        title="GuardDuty by region",
        operations=("guardduty:ListDetectors", "guardduty:GetDetector"),
        completeness=Completeness.LAST_PAGE,
        partition="region",
    ),
    Stream(
        kind="threat_finding",
        title="Open GuardDuty findings",
        operations=("guardduty:ListDetectors", "guardduty:ListFindings", "guardduty:GetFindings"),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never=f"Archived findings and those of a severity below {LEAST_SEVERITY} are not read.",
    ),
    Stream(
        kind="change_recorder",
        title="AWS Config by region",
        operations=("config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorderStatus"),
        completeness=Completeness.LAST_PAGE,
        partition="region",
    ),
    Stream(
        kind="findings_hub",
        title="Security Hub by region",
        operations=("securityhub:DescribeHub",),
        completeness=Completeness.CONSISTENT_READ,
        partition="region",
    ),
    Stream(
        kind="vulnerability_scanner",
        title="Inspector by region",
        operations=("inspector2:BatchGetAccountStatus",),
        completeness=Completeness.CONSISTENT_READ,
        partition="region",
    ),
)


def _analyzers(reading: Reading) -> Iterator[Observation]:
    kind = "access_analyzer"

    def read(region: str) -> Iterator[Observation]:
        pages = reading.pages("accessanalyzer:ListAnalyzers", region=region, kind=kind)
        listed = [each for page in pages for each in page.data.get("analyzers", ())]
        subject = reading.arn("access-analyzer", "region", region)
        digests = [page.digest for page in pages[1:]]
        yield from reading.facts(kind, pages[0], [listed], lambda rows: [collector.access_analyzer(rows, subject, region)], also=digests)

    yield from reading.by_region(kind, read)


def _exposure_findings(reading: Reading) -> Iterator[Observation]:
    kind, operation = "exposure_finding", "accessanalyzer:ListFindingsV2"

    def read(region: str) -> Iterator[Observation]:
        pages = reading.pages("accessanalyzer:ListAnalyzers", region=region, kind=kind)
        analyzers = [page.digest for page in pages]
        for each in (each for page in pages for each in page.data.get("analyzers", ())):
            if each.get("type") not in collector.EXTERNAL:
                continue
            arn = each["arn"]
            given = {"analyzerArn": arn, "filter": {"status": {"eq": ["ACTIVE"]}}}
            for page in reading.client.call(operation=operation, region=region, parameters=given, kind=kind):
                rows = page.data.get("findings", ())
                make = partial(_of_analyzer, arn=arn, region=region)
                yield from reading.facts(kind, page, rows, make, also=analyzers)

    yield from reading.by_region(kind, read)


def _of_analyzer(row: Any, *, arn: str, region: str) -> Iterable[Fact]:
    return collector.exposure_findings([row], arn, region)


def _detector_ids(reading: Reading, region: str, kind: str) -> tuple[list[str], list[str]]:
    pages = reading.pages("guardduty:ListDetectors", region=region, kind=kind)
    return [each for page in pages for each in page.data.get("DetectorIds", ())], [page.digest for page in pages]


def _threat_detectors(reading: Reading) -> Iterator[Observation]:
    kind = "threat_detector"

    def read(region: str) -> Iterator[Observation]:
        ids, digests = _detector_ids(reading, region, kind)
        page = reading.pages("guardduty:ListDetectors", region=region, kind=kind)[0]
        subject = reading.arn("guardduty", "region", region)
        details = [
            reading.client.one(operation="guardduty:GetDetector", region=region, parameters={"DetectorId": each}, kind=kind) for each in ids
        ]
        found: list[Any] = [each.data for each in details]
        also = digests[1:] + [each.digest for each in details]
        yield from reading.facts(kind, page, [found], lambda rows: [collector.threat_detector(rows, subject, region)], also=also)

    yield from reading.by_region(kind, read)


def _threat_findings(reading: Reading) -> Iterator[Observation]:
    kind = "threat_finding"
    criteria = {"service.archived": {"Eq": ["false"]}, "severity": {"GreaterThanOrEqual": LEAST_SEVERITY}}

    def read(region: str) -> Iterator[Observation]:
        for detector in _detector_ids(reading, region, kind)[0]:
            given = {"DetectorId": detector, "FindingCriteria": {"Criterion": criteria}}
            for listed in reading.client.call(operation="guardduty:ListFindings", region=region, parameters=given, kind=kind):
                ids = listed.data.get("FindingIds", [])
                for start in range(0, len(ids), FINDINGS_AT_ONCE):
                    some = {"DetectorId": detector, "FindingIds": ids[start : start + FINDINGS_AT_ONCE]}
                    page = reading.client.one(operation="guardduty:GetFindings", region=region, parameters=some, kind=kind)
                    rows = page.data.get("Findings", ())
                    yield from reading.facts(kind, page, rows, lambda row: collector.threat_findings([row], region))

    yield from reading.by_region(kind, read)


def _change_recorders(reading: Reading) -> Iterator[Observation]:
    kind, status = "change_recorder", "config:DescribeConfigurationRecorderStatus"

    def read(region: str) -> Iterator[Observation]:
        page = reading.client.one(operation="config:DescribeConfigurationRecorders", region=region, kind=kind)
        listed = page.data.get("ConfigurationRecorders", ())
        state = reading.part(kind, status, lambda: reading.client.one(operation=status, region=region, kind=kind)) if listed else None
        statuses = state.data.get("ConfigurationRecordersStatus", ()) if state else None
        subject = reading.arn("config", "region", region)
        also = [state.digest] if state else []
        yield from reading.facts(kind, page, [listed], lambda rows: [collector.change_recorder(rows, statuses, subject, region)], also=also)

    yield from reading.by_region(kind, read)


def _findings_hubs(reading: Reading) -> Iterator[Observation]:
    kind = "findings_hub"

    def read(region: str) -> Iterator[Observation]:
        page = reading.client.one(operation="securityhub:DescribeHub", region=region, kind=kind)
        subject = reading.arn("securityhub", "region", region)
        hub = None if page.absent else page.data
        yield from reading.facts(kind, page, [hub], lambda row: [collector.findings_hub(row, subject, region)])

    yield from reading.by_region(kind, read)


def _vulnerability_scanners(reading: Reading) -> Iterator[Observation]:
    kind, account = "vulnerability_scanner", reading.account

    def read(region: str) -> Iterator[Observation]:
        given = {"accountIds": [account]}
        page = reading.client.one(operation="inspector2:BatchGetAccountStatus", region=region, parameters=given, kind=kind)
        subject = reading.arn("inspector2", "region", region)
        listed = page.data.get("accounts", ())
        yield from reading.facts(kind, page, [listed], lambda rows: [collector.vulnerability_scanner(rows, account, subject, region)])

    yield from reading.by_region(kind, read)


READERS: dict[str, Reader] = {
    "access_analyzer": _analyzers,
    "exposure_finding": _exposure_findings,
    "threat_detector": _threat_detectors,
    "threat_finding": _threat_findings,
    "change_recorder": _change_recorders,
    "findings_hub": _findings_hubs,
    "vulnerability_scanner": _vulnerability_scanners,
}
