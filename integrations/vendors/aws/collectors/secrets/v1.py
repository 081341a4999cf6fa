"""Keys and secrets of an AWS account, never their values. Pure: parsed payloads in, facts out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from evidence.facts import instants
from evidence.facts.encryption_key.v1 import EncryptionKey
from evidence.facts.managed_secret.v1 import ManagedSecret
from evidence.facts.tag import ordered


def encryption_key(key: Mapping[str, Any], rotation: Mapping[str, Any] | None, name: str, region: str) -> EncryptionKey:
    """kms:DescribeKey's KeyMetadata with GetKeyRotationStatus (None: not offered for such a key, or not read)."""
    return EncryptionKey(
        subject=key["Arn"],
        name=name or key["KeyId"],
        region=region,
        state=key.get("KeyState", ""),
        spec=key.get("KeySpec", ""),
        usage=key.get("KeyUsage", ""),
        origin=key.get("Origin", ""),
        created=instants.to_text(key.get("CreationDate")),
        rotation=None if rotation is None else rotation.get("KeyRotationEnabled"),
        rotation_days=None if rotation is None else rotation.get("RotationPeriodInDays"),
    )


def unread_key(arn: str, name: str, region: str) -> EncryptionKey:
    """A key that kms:ListKeys names while its own policy keeps us from describing it."""
    return EncryptionKey(subject=arn, name=name or arn.rpartition("/")[2], region=region)


def can_rotate(key: Mapping[str, Any]) -> bool:
    """Whether AWS rotates such keys by itself: enabled, symmetric, made by KMS, usable for encryption (KMS developer guide)."""
    return (
        key.get("KeyState") == "Enabled"
        and key.get("KeySpec") == "SYMMETRIC_DEFAULT"
        and key.get("Origin") == "AWS_KMS"
        and key.get("KeyManager") == "CUSTOMER"
    )


def managed_secrets(listed: Iterable[Mapping[str, Any]], region: str) -> Iterator[ManagedSecret]:
    """secretsmanager:ListSecrets' SecretList without those that are about to be deleted."""
    for each in listed:
        if each.get("DeletedDate"):
            continue
        rules = each.get("RotationRules", {})
        yield ManagedSecret(
            subject=each["ARN"],
            name=each.get("Name", ""),
            region=region,
            rotation=each.get("RotationEnabled", False),
            rotation_days=rules.get("AutomaticallyAfterDays"),
            created=instants.to_text(each.get("CreatedDate")),
            changed=instants.to_text(each.get("LastChangedDate")) or "",
            owner=each.get("OwningService", ""),
            tags=ordered((tag.get("Key", ""), tag.get("Value", "")) for tag in each.get("Tags", ())),
        )
