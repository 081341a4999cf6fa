"""Buckets: from S3's answers about one bucket to one fact.

An answer is None when it could not be read, and empty when the service said that there is no such configuration.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from evidence.facts.object_store.v1 import Expiration, Grant, ObjectStore, PublicBlock
from evidence.facts.tag import Tag
from integrations.vendors.aws.collectors.typed import Row, flag, inner, number, rows, text, texts, word

GROUPS = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "everyone",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "any_account",
    "http://acs.amazonaws.com/groups/s3/LogDelivery": "log_delivery",
}
_OBJECTS = "AWS::S3::Object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What a trail's answers say of it: DescribeTrails' row, GetTrailStatus and GetEventSelectors."""

    row: Row
    status: Row
    selectors: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAnswers:
    """The answers about one bucket, by the operation that gave them."""

    block: Row | None = None
    account_block: Row | None = None
    access_list: Row | None = None
    policy: Row | None = None
    policy_status: Row | None = None
    encryption: Row | None = None
    versioning: Row | None = None
    logging: Row | None = None
    lifecycle: Row | None = None
    trails: tuple[Trail, ...] | None = None
    tags: tuple[Tag, ...] | None = None


def object_store(*, name: str, arn: str, region: str, answers: BucketAnswers) -> ObjectStore:
    """The fact of one bucket."""
    algorithm, key = _encryption(answers.encryption)
    return ObjectStore(
        subject=arn,
        name=name,
        region=region,
        block=_block(answers.block),
        account_block=_block(answers.account_block),
        grants=None if answers.access_list is None else _grants(answers.access_list),
        policy=None if answers.policy is None else word(answers.policy, "Policy"),
        public_policy=_public_policy(answers.policy_status),
        encryption=algorithm,
        key=key,
        versioning=_versioning(answers.versioning),
        log_target=None if answers.logging is None else word(inner(answers.logging, "LoggingEnabled"), "TargetBucket"),
        audit_trails=None if answers.trails is None else _audit_trails(answers.trails, arn, region),
        expirations=None if answers.lifecycle is None else _expirations(answers.lifecycle),
        tags=answers.tags,
    )


def _block(answer: Row | None) -> PublicBlock | None:
    if answer is None:
        return None
    switches = inner(answer, "PublicAccessBlockConfiguration")
    return PublicBlock(
        block_lists=flag(switches, "BlockPublicAcls") or False,
        ignore_lists=flag(switches, "IgnorePublicAcls") or False,
        block_policy=flag(switches, "BlockPublicPolicy") or False,
        restrict_policy=flag(switches, "RestrictPublicBuckets") or False,
    )


def _grants(answer: Row) -> tuple[Grant, ...]:
    return tuple(
        sorted((_grant(each) for each in rows(answer, "Grants")), key=lambda grant: (grant.group, grant.grantee, grant.permission))
    )


def _grant(row: Row) -> Grant:
    grantee = inner(row, "Grantee")
    uri = word(grantee, "URI")
    group = GROUPS.get(uri, uri)
    return Grant(grantee=word(grantee, "ID") or word(grantee, "EmailAddress") or uri, group=group, permission=word(row, "Permission"))


def _public_policy(answer: Row | None) -> bool | None:
    """A bucket without a policy has none that is public."""
    if answer is None:
        return None
    return flag(inner(answer, "PolicyStatus"), "IsPublic") if answer else False


def _encryption(answer: Row | None) -> tuple[str | None, str | None]:
    if answer is None:
        return None, None
    rules = rows(inner(answer, "ServerSideEncryptionConfiguration"), "Rules")
    applied = next((inner(each, "ApplyServerSideEncryptionByDefault") for each in rules), {})
    return word(applied, "SSEAlgorithm"), word(applied, "KMSMasterKeyID")


def _versioning(answer: Row | None) -> str | None:
    if answer is None:
        return None
    return word(answer, "Status").lower() or "never"


def _expirations(answer: Row) -> tuple[Expiration, ...]:
    active = [each for each in rows(answer, "Rules") if each.get("Status") == "Enabled"]
    found = (_expiration(each) for each in active)
    return tuple(sorted((each for each in found if each is not None), key=lambda each: each.name))


def _expiration(row: Row) -> Expiration | None:
    days = number(inner(row, "Expiration"), "Days")
    former = inner(row, "NoncurrentVersionExpiration")
    kept = number(former, "NewerNoncurrentVersions")
    old_days = number(former, "NoncurrentDays") if not kept else None  # some former versions stay for ever
    if days is None and old_days is None:
        return None
    return Expiration(name=word(row, "ID"), whole=_is_whole(row), days=days, old_version_days=old_days)


def _is_whole(row: Row) -> bool:
    """No filter: neither a prefix (old or new form) nor a tag nor a size."""
    filtered = inner(row, "Filter")
    return not word(row, "Prefix") and not any(value not in ("", None) for value in filtered.values())


def _audit_trails(trails: Iterable[Trail], arn: str, region: str) -> tuple[str, ...]:
    return tuple(sorted(word(each.row, "Name") for each in trails if _reaches(each, region) and _records_objects(each.selectors, arn)))


def _reaches(trail: Trail, region: str) -> bool:
    here = flag(trail.row, "IsMultiRegionTrail") or text(trail.row, "HomeRegion") == region
    return bool(here and flag(trail.status, "IsLogging"))


def _records_objects(selectors: Row, arn: str) -> bool:
    """Whether every read and every write of the bucket's objects is recorded. Selectors that narrow by anything but the
    bucket do not count. Source: CloudTrail API reference, DataResource and AdvancedFieldSelector."""
    modes: set[str] = set()
    for each in rows(selectors, "EventSelectors"):
        if any(_names_bucket(resource, arn) for resource in rows(each, "DataResources")):
            modes.add(word(each, "ReadWriteType") or "All")
    for each in rows(selectors, "AdvancedEventSelectors"):
        modes.add(_advanced_mode(rows(each, "FieldSelectors"), arn))
    return "All" in modes or {"ReadOnly", "WriteOnly"} <= modes


def _names_bucket(resource: Row, arn: str) -> bool:
    partition = arn.split(":")[1]
    covering = {f"arn:{partition}:s3", f"arn:{partition}:s3:::", f"{arn}/"}
    return resource.get("Type") == _OBJECTS and bool(covering & set(texts(resource, "Values") or ()))


def _advanced_mode(fields: list[Row], arn: str) -> str:
    named = {word(each, "Field"): each for each in fields}
    if texts(named.get("eventCategory", {}), "Equals") != ("Data",) or texts(named.get("resources.type", {}), "Equals") != (_OBJECTS,):
        return ""
    if named.keys() - {"eventCategory", "resources.type", "readOnly", "resources.ARN"}:
        return ""
    if "resources.ARN" in named and not _starts_bucket(named["resources.ARN"], arn):
        return ""
    reads = texts(named.get("readOnly", {}), "Equals")
    return {("true",): "ReadOnly", ("false",): "WriteOnly"}.get(reads or (), "All" if reads is None else "")


def _starts_bucket(field: Row, arn: str) -> bool:
    if set(field) - {"Field", "StartsWith"}:
        return False
    return any(f"{arn}/".startswith(each) for each in texts(field, "StartsWith") or ())
