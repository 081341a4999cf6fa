"""Reads the customer's keys and secrets: what they are and how they are renewed, never their values."""

from collections.abc import Iterator
from typing import Any

from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.client import AwsPage
from integrations.vendors.aws.collectors.secrets import v1 as collector
from integrations.vendors.aws.reading import Reader, Reading

ROTATION, DESCRIBE = "kms:GetKeyRotationStatus", "kms:DescribeKey"
OF_AWS = "alias/aws/"

STREAMS = (
    Stream(
        kind="encryption_key",
        title="Customer managed KMS keys",
        operations=("kms:ListKeys", "kms:ListAliases", DESCRIBE, ROTATION),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="Nothing is encrypted, decrypted or signed.",
    ),
    Stream(
        kind="managed_secret",
        title="Secrets of Secrets Manager",
        operations=("secretsmanager:ListSecrets",),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="No secret's value is read; reading it is refused in code and denied in the shipped policy.",
    ),
)


def _keys(reading: Reading) -> Iterator[Observation]:
    kind = "encryption_key"

    def read(region: str) -> Iterator[Observation]:
        names, of_names = _aliases(reading, region)
        for page in reading.client.call(operation="kms:ListKeys", region=region, kind=kind):
            for each in page.data.get("Keys", ()):
                name = names.get(each.get("KeyId"), "")
                if not name.startswith(OF_AWS):  # saves two calls for each of AWS's own keys
                    yield from _key(reading, page, each, (name, of_names), region)

    yield from reading.by_region(kind, read)


def _aliases(reading: Reading, region: str) -> tuple[dict[str, str], list[str]]:
    """Aliases by key, with the pages they were read from."""
    pages = list(reading.client.call(operation="kms:ListAliases", region=region, kind="encryption_key"))
    listed = sorted((each for page in pages for each in page.data.get("Aliases", ())), key=lambda each: each["AliasName"], reverse=True)
    return {each["TargetKeyId"]: each["AliasName"] for each in listed if each.get("TargetKeyId")}, [page.digest for page in pages]


def _key(reading: Reading, listed: AwsPage, row: dict[str, Any], named: tuple[str, list[str]], region: str) -> Iterator[Observation]:
    kind, given = "encryption_key", {"KeyId": row["KeyId"]}
    name, of_names = named
    page = reading.part(kind, DESCRIBE, lambda: reading.client.one(operation=DESCRIBE, region=region, parameters=given, kind=kind))
    if page is None:  # the key exists, and that is all we know
        unread = collector.unread_key(row["KeyArn"], name, region)
        yield from reading.facts(kind, listed, [unread], lambda fact: [fact], also=of_names)
        return
    key = page.data["KeyMetadata"]
    if key.get("KeyManager") != "CUSTOMER":
        return
    rotation = None
    if collector.can_rotate(key):
        rotation = reading.part(kind, ROTATION, lambda: reading.client.one(operation=ROTATION, region=region, parameters=given, kind=kind))
    also = [listed.digest, *of_names, *([rotation.digest] if rotation else [])]
    state = rotation.data if rotation else None
    yield from reading.facts(kind, page, [key], lambda data: [collector.encryption_key(data, state, name, region)], also=also)


def _secrets(reading: Reading) -> Iterator[Observation]:
    kind = "managed_secret"

    def read(region: str) -> Iterator[Observation]:
        for page in reading.client.call(operation="secretsmanager:ListSecrets", region=region, kind=kind):
            yield from reading.facts(kind, page, page.data.get("SecretList", ()), lambda row: collector.managed_secrets([row], region))

    yield from reading.by_region(kind, read)


READERS: dict[str, Reader] = {"encryption_key": _keys, "managed_secret": _secrets}
