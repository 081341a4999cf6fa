"""Reads of compute, data and edge services that moto lacks: SSM, Lambda URLs, RDS maintenance, snapshot sharing, WAF associations."""

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.wafv2.models import wafv2_backends

from integrations.sandbox.aws.responders.answering import Desk, Refused, Responder, chosen


def _managed(desk: Desk) -> Mapping[str, Any]:
    filters = {entry["Key"]: entry["Values"] for entry in desk.parameters.get("Filters") or []}
    return {"InstanceInformationList": chosen(desk.region.managed_instances, "InstanceId", filters.get("InstanceIds"))}


def _patches(desk: Desk) -> Mapping[str, Any]:
    """Machines are scanned every night: the state is as found by the last scan."""
    now = desk.clock.now()
    night = now.replace(hour=4, minute=20, second=0, microsecond=0)
    scanned = night if night <= now else night - timedelta(days=1)
    states = chosen(desk.region.patch_states, "InstanceId", desk.parameters["InstanceIds"])
    latest = [max(scanned, state["OperationEndTime"].replace(tzinfo=UTC)) for state in states]
    times = [{"OperationStartTime": at - timedelta(minutes=4), "OperationEndTime": at} for at in latest]
    return {"InstancePatchStates": [{**state, **when} for state, when in zip(states, times, strict=True)]}


def _function_urls(desk: Desk) -> Mapping[str, Any]:
    wanted = desk.parameters["FunctionName"]
    functions = lambda_backends[desk.account][desk.call.region].list_functions()
    found = next((function for function in functions if wanted in (function.function_name, function.function_arn)), None)
    if found is None:
        raise Refused("ResourceNotFoundException", f"Function not found: {wanted}", 404)
    if found.url_config is None:
        return {"FunctionUrlConfigs": []}
    return {"FunctionUrlConfigs": [{key: value for key, value in found.url_config.to_dict().items() if value is not None}]}


def _maintenance(desk: Desk) -> Mapping[str, Any]:
    return {"PendingMaintenanceActions": desk.region.pending_maintenance}


def _snapshot_block(desk: Desk) -> Mapping[str, Any]:
    return {"State": desk.region.snapshot_block, "ManagedBy": "account"}


def _protected_by_acl(desk: Desk) -> Mapping[str, Any]:
    acl = wafv2_backends[desk.account][desk.call.region].wacls.get(desk.parameters["WebACLArn"])
    if acl is None:
        raise Refused("WAFNonexistentItemException", "AWS WAF couldn't perform the operation because your resource doesn't exist.")
    return {"ResourceArns": sorted(acl.associated_resources)}


ANSWERS: Mapping[str, Responder] = {
    "ec2:GetSnapshotBlockPublicAccessState": _snapshot_block,
    "lambda:ListFunctionUrlConfigs": _function_urls,
    "rds:DescribePendingMaintenanceActions": _maintenance,
    "ssm:DescribeInstanceInformation": _managed,
    "ssm:DescribeInstancePatchStates": _patches,
    "wafv2:ListResourcesForWebACL": _protected_by_acl,
}
