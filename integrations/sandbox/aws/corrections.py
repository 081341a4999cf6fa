"""Where moto answers but not as AWS does: the parsed answer is put right before it goes out."""

from collections.abc import Callable, Mapping
from typing import Any

from moto.ec2.models import ec2_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends

from integrations.sandbox.aws.responders.answering import Desk

_CONFIRMED_BY_HAND = frozenset({"email", "email-json", "http", "https"})
Correction = Callable[[Desk, dict[str, Any]], dict[str, Any]]


def _snapshots(desk: Desk, parsed: dict[str, Any]) -> dict[str, Any]:
    """moto ignores OwnerIds and RestorableByUserIds."""
    owners, restorers = desk.parameters.get("OwnerIds"), desk.parameters.get("RestorableByUserIds")
    kept = parsed.get("Snapshots", [])
    if owners:
        wanted = {desk.account if owner == "self" else owner for owner in owners}
        kept = [entry for entry in kept if entry["OwnerId"] in wanted]
    if restorers:
        snapshots = ec2_backends[desk.account][desk.call.region].snapshots
        shared = {"all": lambda entry: "all" in snapshots[entry["SnapshotId"]].create_volume_permission_groups}
        own = {"self", desk.account}
        kept = [
            entry
            for entry in kept
            if any(who in own or (shared[who](entry) if who in shared else who in _users(snapshots, entry)) for who in restorers)
        ]
    return {**parsed, "Snapshots": kept}


def _users(snapshots: Mapping[str, Any], entry: Mapping[str, Any]) -> set[str]:
    return snapshots[entry["SnapshotId"]].create_volume_permission_userids


def _summary(desk: Desk, parsed: dict[str, Any]) -> dict[str, Any]:
    """moto's root user has neither password nor MFA nor keys."""
    root = desk.extras.root
    numbers = {
        "AccountMFAEnabled": int(root.mfa),
        "AccountAccessKeysPresent": int(root.keys > 0),
        "AccountPasswordPresent": int(root.password),
    }
    return {**parsed, "SummaryMap": {**parsed["SummaryMap"], **numbers}}


def _subscriptions(desk: Desk, parsed: dict[str, Any]) -> dict[str, Any]:
    """moto lists subscriptions of mail and web addresses as confirmed, though nobody confirmed them."""
    held = sns_backends[desk.account][desk.call.region].subscriptions
    entries = [
        {**entry, "SubscriptionArn": "PendingConfirmation"}
        if entry["Protocol"] in _CONFIRMED_BY_HAND and not held[entry["SubscriptionArn"]].confirmed
        else entry
        for entry in parsed.get("Subscriptions", [])
    ]
    return {**parsed, "Subscriptions": entries}


def _status(desk: Desk, parsed: dict[str, Any]) -> dict[str, Any]:
    """moto answers a read with 201; written anew, it has the model's status."""
    return parsed


def _tagged(desk: Desk, parsed: dict[str, Any]) -> dict[str, Any]:
    """moto lists every bucket in every region."""
    buckets = s3_backends[desk.account]["aws"].buckets
    prefix = "arn:aws:s3:::"
    here = {f"{prefix}{name}" for name, bucket in buckets.items() if bucket.region_name == desk.call.region}
    entries = parsed.get("ResourceTagMappingList", [])
    kept = [entry for entry in entries if not entry["ResourceARN"].startswith(prefix) or entry["ResourceARN"] in here]
    return {**parsed, "ResourceTagMappingList": kept}


CORRECTIONS: Mapping[str, Correction] = {
    "ec2:DescribeSnapshots": _snapshots,
    "iam:GetAccountSummary": _summary,
    "lambda:GetFunctionUrlConfig": _status,
    "resourcegroupstaggingapi:GetResources": _tagged,
    "sns:ListSubscriptions": _subscriptions,
    "sns:ListSubscriptionsByTopic": _subscriptions,
}
