"""Machines, disks, functions and scaling groups: from the services' answers to facts."""

from evidence.facts.function.v1 import Function, FunctionUrl
from evidence.facts.scaling_group.v1 import ScalingGroup
from evidence.facts.virtual_machine.v1 import VirtualMachine
from evidence.facts.volume.v1 import Volume
from evidence.facts.volume_default.v1 import VolumeDefault
from evidence.facts.volume_snapshot.v1 import VolumeSnapshot
from integrations.vendors.aws.collectors.typed import Row, flag, inner, instant, named, number, rows, subject, tags, text, texts, word

GONE = frozenset({"terminated", "shutting-down"})


def is_gone(row: Row) -> bool:
    """Whether an instance's row is only the memory of one (EC2 lists it for an hour after its end)."""
    return word(inner(row, "State"), "Name") in GONE


def machine(row: Row, *, arn: str, region: str) -> VirtualMachine:
    """An instance of DescribeInstances."""
    options = inner(row, "MetadataOptions")
    endpoint = text(options, "HttpEndpoint")
    return VirtualMachine(
        subject=arn,
        name=named(row, word(row, "InstanceId")),
        region=region,
        state=word(inner(row, "State"), "Name"),
        image=word(row, "ImageId"),
        platform=word(row, "PlatformDetails") or word(row, "Platform"),
        network=word(row, "VpcId"),
        launched=instant(row, "LaunchTime"),
        metadata_enabled=None if endpoint is None else endpoint == "enabled",
        metadata_tokens=text(options, "HttpTokens"),
        tags=tags(rows(row, "Tags")),
    )


def volume(row: Row, *, arn: str, region: str) -> Volume:
    """A volume of DescribeVolumes."""
    attached = {word(each, "InstanceId") for each in rows(row, "Attachments") if each.get("State") != "detached"} - {""}
    return Volume(
        subject=arn,
        name=named(row, word(row, "VolumeId")),
        region=region,
        encrypted=flag(row, "Encrypted"),
        attached_to=tuple(sorted(attached)),
        tags=tags(rows(row, "Tags")),
    )


def volume_default(answer: Row, *, arn: str, region: str) -> VolumeDefault:
    """GetEbsEncryptionByDefault's answer for a region."""
    return VolumeDefault(subject=arn, name=region, region=region, encrypted=flag(answer, "EbsEncryptionByDefault"))


def volume_snapshot(row: Row, *, arn: str, region: str, public: frozenset[str] | None) -> VolumeSnapshot:
    """A snapshot of DescribeSnapshots; `public` are the ids that the vendor lists as restorable by all, None when not read."""
    own = subject(row, "SnapshotId")
    return VolumeSnapshot(
        subject=arn,
        name=named(row, own),
        region=region,
        volume=word(row, "VolumeId"),
        created=instant(row, "StartTime"),
        encrypted=flag(row, "Encrypted"),
        public=None if public is None else own in public,
    )


def function(row: Row, *, region: str, urls: list[Row] | None, policy: Row | None) -> Function:
    """A function of ListFunctions; `urls` are its rows of ListFunctionUrlConfigs and `policy` GetPolicy's answer (empty when it has
    none), None when not read."""
    return Function(
        subject=subject(row, "FunctionArn"),
        name=word(row, "FunctionName"),
        region=region,
        package=word(row, "PackageType") or "Zip",
        runtime=word(row, "Runtime"),
        urls=None if urls is None else _urls(urls),
        policy=None if policy is None else word(policy, "Policy"),
    )


def _urls(listed: list[Row]) -> tuple[FunctionUrl, ...]:
    found = (FunctionUrl(qualifier=_qualifier(word(each, "FunctionArn")), authentication=word(each, "AuthType")) for each in listed)
    return tuple(sorted(found, key=lambda each: (each.qualifier, each.authentication)))


def _qualifier(arn: str) -> str:
    """`arn:aws:lambda:region:account:function:name:alias` names an alias, without the last part the function itself."""
    parts = arn.split(":")
    return parts[7] if len(parts) == 8 else ""


def scaling_group(row: Row, *, region: str) -> ScalingGroup:
    """A group of DescribeAutoScalingGroups."""
    return ScalingGroup(
        subject=subject(row, "AutoScalingGroupARN"),
        name=word(row, "AutoScalingGroupName"),
        region=region,
        zones=texts(row, "AvailabilityZones"),
        minimum=number(row, "MinSize"),
        maximum=number(row, "MaxSize"),
        tags=tags(rows(row, "Tags")),
    )
