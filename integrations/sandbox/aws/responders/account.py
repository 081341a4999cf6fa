"""Account management and the regions an account has: a handful, so that a fan-out over regions stays quick."""

from collections.abc import Mapping
from typing import Any

from integrations.sandbox.aws.responders.answering import Desk, Refused, Responder

_ENABLED, _DISABLED = "ENABLED_BY_DEFAULT", "DISABLED"


def _contact(desk: Desk) -> Mapping[str, Any]:
    if not desk.extras.contact:
        raise Refused("ResourceNotFoundException", "No contact information found for the account", 404)
    return {"ContactInformation": desk.extras.contact}


def _account_regions(desk: Desk) -> Mapping[str, Any]:
    regions = [{"RegionName": name, "RegionOptStatus": _ENABLED} for name in desk.extras.regions]
    regions += [{"RegionName": name, "RegionOptStatus": _DISABLED} for name in desk.extras.disabled_regions]
    wanted = desk.parameters.get("RegionOptStatusContains")
    return {"Regions": [entry for entry in regions if not wanted or entry["RegionOptStatus"] in wanted]}


def _ec2_regions(desk: Desk) -> Mapping[str, Any]:
    statuses = [(name, "opt-in-not-required") for name in desk.extras.regions]
    if str(desk.parameters.get("AllRegions", "")).lower() == "true":
        statuses += [(name, "not-opted-in") for name in desk.extras.disabled_regions]
    names = desk.parameters.get("RegionNames")
    filters = {entry["Name"]: entry["Values"] for entry in desk.parameters.get("Filters") or []}
    regions = [
        {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": status}
        for name, status in statuses
        if (not names or name in names) and status in filters.get("opt-in-status", [status]) and name in filters.get("region-name", [name])
    ]
    return {"Regions": regions}


ANSWERS: Mapping[str, Responder] = {
    "account:GetContactInformation": _contact,
    "account:ListRegions": _account_regions,
    "ec2:DescribeRegions": _ec2_regions,
}
