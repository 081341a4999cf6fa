"""IAM Access Analyzer: analyzers and their findings."""

from collections.abc import Mapping
from typing import Any

from integrations.sandbox.aws.responders.answering import Desk, Refused, Responder


def _analyzers(desk: Desk) -> Mapping[str, Any]:
    kind = desk.parameters.get("type")
    return {"analyzers": [entry for entry in desk.region.analyzers if kind in (None, entry["type"])]}


def _findings(desk: Desk) -> Mapping[str, Any]:
    arn = desk.parameters["analyzerArn"]
    if all(entry["arn"] != arn for entry in desk.region.analyzers):
        raise Refused("ResourceNotFoundException", f"Analyzer {arn} was not found", 404)
    criteria = desk.parameters.get("filter") or {}
    return {"findings": [entry for entry in desk.region.external_findings if _meets(entry, criteria)]}


def _meets(entry: Mapping[str, Any], criteria: Mapping[str, Any]) -> bool:
    for name, criterion in criteria.items():
        value = str(entry.get(name, ""))
        if criterion.get("eq") and value not in criterion["eq"]:
            return False
        if criterion.get("neq") and value in criterion["neq"]:
            return False
        if criterion.get("contains") and not any(part in value for part in criterion["contains"]):
            return False
    return True


ANSWERS: Mapping[str, Responder] = {"accessanalyzer:ListAnalyzers": _analyzers, "accessanalyzer:ListFindingsV2": _findings}
