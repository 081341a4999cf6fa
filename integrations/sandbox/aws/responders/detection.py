"""CloudTrail events, Config compliance, GuardDuty findings, Inspector coverage and Security Hub standards."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.guardduty.models import guardduty_backends
from moto.inspector2.models import inspector2_backends

from integrations.sandbox.aws.responders.answering import Desk, Refused, Responder, chosen

_SCANNED = ("ec2", "ecr", "lambda", "lambdaCode")
_EVENT_ATTRIBUTES = ("EventId", "EventName", "ReadOnly", "Username", "EventSource", "AccessKeyId")


def _events(desk: Desk) -> Mapping[str, Any]:
    asked = desk.parameters
    start, end = asked.get("StartTime"), asked.get("EndTime")
    wanted = {entry["AttributeKey"]: entry["AttributeValue"] for entry in asked.get("LookupAttributes") or []}
    events = [
        event
        for event in desk.region.trail_events
        if (start is None or _naive(event["EventTime"]) >= start)
        and (end is None or _naive(event["EventTime"]) <= end)
        and all(str(event.get(key, "")) == value for key, value in wanted.items() if key in _EVENT_ATTRIBUTES)
    ]
    return {"Events": sorted(events, key=lambda event: event["EventTime"], reverse=True)}


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def _compliance(desk: Desk) -> Mapping[str, Any]:
    entries = chosen(desk.region.compliance, "ConfigRuleName", desk.parameters.get("ConfigRuleNames"))
    kinds = desk.parameters.get("ComplianceTypes")
    return {"ComplianceByConfigRules": [entry for entry in entries if not kinds or entry["Compliance"]["ComplianceType"] in kinds]}


def _finding_ids(desk: Desk) -> Mapping[str, Any]:
    _detector(desk)
    criteria = (desk.parameters.get("FindingCriteria") or {}).get("Criterion") or {}
    findings = [entry for entry in desk.region.threat_findings if all(_meets(entry, *item) for item in criteria.items())]
    return {"FindingIds": [entry["Id"] for entry in findings]}


def _findings(desk: Desk) -> Mapping[str, Any]:
    _detector(desk)
    return {"Findings": chosen(desk.region.threat_findings, "Id", desk.parameters["FindingIds"])}


def _detector(desk: Desk) -> None:
    known = guardduty_backends[desk.account][desk.call.region].detectors
    if desk.parameters["DetectorId"] not in known:
        message = "The request is rejected because the input detectorId is not owned by the current account."
        raise Refused("BadRequestException", message)


def _meets(entry: Mapping[str, Any], name: str, condition: Mapping[str, Any]) -> bool:
    archived = entry.get("Service", {}).get("Archived", False)
    value: Any = {"service.archived": str(archived).lower(), "severity": entry["Severity"]}.get(
        name, entry.get(name[:1].upper() + name[1:])
    )
    equals = condition.get("Equals") or condition.get("Eq")
    floor = condition.get("GreaterThanOrEqual", condition.get("Gte"))
    above = condition.get("GreaterThan", condition.get("Gt"))
    if equals is not None and str(value) not in equals:
        return False
    if floor is not None and not float(value) >= floor:
        return False
    return above is None or float(value) > above


def _coverage(desk: Desk) -> Mapping[str, Any]:
    return {"coveredResources": desk.region.coverage}


def _scanning(desk: Desk) -> Mapping[str, Any]:
    asked = desk.parameters.get("accountIds") or [desk.account]
    known = inspector2_backends[desk.account][desk.call.region].account_status.get(desk.account)
    status = known.to_json() if known else {"status": "DISABLED", "resourceStatus": dict.fromkeys(_SCANNED, "DISABLED")}
    entry = {
        "accountId": desk.account,
        "state": _state(status["status"]),
        "resourceState": {kind: _state(value) for kind, value in status["resourceStatus"].items()},
    }
    others = [
        {"accountId": account, "errorCode": "ACCESS_DENIED", "errorMessage": "not a member account"}
        for account in asked
        if account != desk.account
    ]
    return {"accounts": [entry] if desk.account in asked else [], "failedAccounts": others}


def _state(status: str) -> dict[str, Any]:
    return {"status": status, "errorCode": "ALREADY_ENABLED", "errorMessage": "none"}


def _standards(desk: Desk) -> Mapping[str, Any]:
    return {"StandardsSubscriptions": desk.region.standards}


ANSWERS: Mapping[str, Responder] = {
    "cloudtrail:LookupEvents": _events,
    "config:DescribeComplianceByConfigRule": _compliance,
    "guardduty:GetFindings": _findings,
    "guardduty:ListFindings": _finding_ids,
    "inspector2:BatchGetAccountStatus": _scanning,
    "inspector2:ListCoverage": _coverage,
    "securityhub:GetEnabledStandards": _standards,
}
