"""The watches of an AWS account: analyzers, detectors, recorders, hubs, scanners, and what they found.

Pure: parsed payloads in, facts out. Each watch yields one fact a region, also where it is off.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from evidence.facts import instants
from evidence.facts.access_analyzer.v1 import AccessAnalyzer
from evidence.facts.change_recorder.v1 import ChangeRecorder
from evidence.facts.exposure_finding.v1 import ExposureFinding
from evidence.facts.findings_hub.v1 import FindingsHub
from evidence.facts.threat_detector.v1 import ThreatDetector
from evidence.facts.threat_finding.v1 import ThreatFinding
from evidence.facts.vulnerability_scanner.v1 import VulnerabilityScanner

EXTERNAL = frozenset({"ACCOUNT", "ORGANIZATION"})  # analyzers of access from outside; others look for unused access


def access_analyzer(listed: Iterable[Mapping[str, Any]], subject: str, region: str) -> AccessAnalyzer:
    """accessanalyzer:ListAnalyzers' analyzers of one region."""
    external = [each for each in listed if each.get("type") in EXTERNAL]
    return AccessAnalyzer(
        subject=subject,
        name=region,
        region=region,
        active=tuple(sorted(each["name"] for each in external if each.get("status") == "ACTIVE")),
        other=tuple(sorted(f"{each['name']} {each.get('status', '')}" for each in external if each.get("status") != "ACTIVE")),
    )


def exposure_findings(listed: Iterable[Mapping[str, Any]], analyzer: str, region: str) -> Iterator[ExposureFinding]:
    """accessanalyzer:ListFindingsV2's findings with status ACTIVE."""
    for each in listed:
        if each.get("status") == "ACTIVE":
            yield ExposureFinding(
                subject=f"{analyzer}/finding/{each['id']}",
                name=each.get("resource", each["id"]),
                region=region,
                resource=each.get("resource", ""),
                resource_type=each.get("resourceType", ""),
                form=each.get("findingType", ""),
                found=instants.to_text(each.get("createdAt")),
            )


def threat_detector(detectors: Iterable[Mapping[str, Any]], subject: str, region: str) -> ThreatDetector:
    """guardduty:GetDetector's answers of one region (none: no detector)."""
    found = list(detectors)
    features = {each["Name"] for one in found for each in one.get("Features", ()) if each.get("Status") == "ENABLED"}
    return ThreatDetector(
        subject=subject,
        name=region,
        region=region,
        enabled=any(each.get("Status") == "ENABLED" for each in found),
        features=tuple(sorted(features)),
    )


def threat_findings(listed: Iterable[Mapping[str, Any]], region: str) -> Iterator[ThreatFinding]:
    """guardduty:GetFindings' Findings that are not archived."""
    for each in listed:
        if each.get("Service", {}).get("Archived"):
            continue
        severity = each.get("Severity")
        yield ThreatFinding(
            subject=each["Arn"],
            name=each.get("Title") or each["Type"],
            region=region,
            severity=None if severity is None else round(severity * 10),
            found=_rfc3339(each.get("CreatedAt")),
            form=each.get("Type", ""),
            resource=each.get("Resource", {}).get("ResourceType", ""),
        )


def _rfc3339(text: str | None) -> str | None:
    try:
        return instants.to_text(instants.from_text(text)) if text else None
    except ValueError:
        return None


def change_recorder(
    recorders: Iterable[Mapping[str, Any]], statuses: Iterable[Mapping[str, Any]] | None, subject: str, region: str
) -> ChangeRecorder:
    """config:DescribeConfigurationRecorders' and ...RecorderStatus' entries of one region. AWS allows one of the customer's own
    a region; recorders that belong to a service are left out."""
    own = [each for each in recorders if not each.get("servicePrincipal")]
    if not own:
        return ChangeRecorder(subject=subject, name=region, region=region, exists=False, recording=False)
    recorder = min(own, key=lambda each: each["name"])
    status = next((each for each in statuses or () if each.get("name") == recorder["name"]), None)
    return ChangeRecorder(
        subject=subject,
        name=region,
        region=region,
        exists=True,
        recording=None if status is None else status.get("recording"),
        last_status=None if status is None else str(status.get("lastStatus", "")).upper(),
        everything=recorder.get("recordingGroup", {}).get("allSupported"),
    )


def findings_hub(hub: Mapping[str, Any] | None, subject: str, region: str) -> FindingsHub:
    """securityhub:DescribeHub's answer; None when the account is not subscribed in the region."""
    if hub is None:
        return FindingsHub(subject=subject, name=region, region=region, enabled=False)
    return FindingsHub(subject=subject, name=region, region=region, enabled=True, since=_rfc3339(hub.get("SubscribedAt")))


def vulnerability_scanner(accounts: Iterable[Mapping[str, Any]], account: str, subject: str, region: str) -> VulnerabilityScanner:
    """inspector2:BatchGetAccountStatus' entry of the account."""
    states = next((each.get("resourceState", {}) for each in accounts if each.get("accountId") == account), {})
    words = {name: states.get(name, {}).get("status") for name in ("ec2", "ecr", "lambda")}
    return VulnerabilityScanner(
        subject=subject, name=region, region=region, machines=words["ec2"], images=words["ecr"], functions=words["lambda"]
    )
