"""Reads machines, disks, functions and scaling groups.

Which disk snapshots are public is asked once a region (the vendor lists those restorable by all), not once a snapshot.
"""

from collections.abc import Iterator
from functools import partial

from evidence.facts.function.v1 import Function
from evidence.facts.scaling_group.v1 import ScalingGroup
from evidence.facts.virtual_machine.v1 import VirtualMachine
from evidence.facts.volume.v1 import Volume
from evidence.facts.volume_default.v1 import VolumeDefault
from evidence.facts.volume_snapshot.v1 import VolumeSnapshot
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.client import AwsPage
from integrations.vendors.aws.collectors.compute import v1 as collector
from integrations.vendors.aws.collectors.typed import Row, rows, subject, word
from integrations.vendors.aws.readers.fan import for_each_present
from integrations.vendors.aws.reading import Reader, Reading

_PAGE = {"MaxResults": 1000}
_URLS, _POLICY = "lambda:ListFunctionUrlConfigs", "lambda:GetPolicy"
_GONE = "ResourceNotFoundException"

STREAMS: tuple[Stream, ...] = (
    Stream(
        kind=VirtualMachine.KIND,
        title="EC2 instances",
        operations=("ec2:DescribeInstances",),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="user data, console output and passwords",
    ),
    Stream(
        kind=Volume.KIND,
        title="EBS volumes",
        operations=("ec2:DescribeVolumes",),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="what the disks hold",
    ),
    Stream(
        kind=VolumeDefault.KIND,
        title="EBS encryption by default, of each region",
        operations=("ec2:GetEbsEncryptionByDefault",),
        completeness=Completeness.LAST_PAGE,
        partition="region",
    ),
    Stream(
        kind=VolumeSnapshot.KIND,
        title="EBS snapshots of the account",
        operations=("ec2:DescribeSnapshots",),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="what the snapshots hold",
    ),
    Stream(
        kind=Function.KIND,
        title="Lambda functions",
        operations=("lambda:ListFunctions", _URLS, _POLICY),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="the code; environment variables are taken out of the answer before anything is kept",
    ),
    Stream(
        kind=ScalingGroup.KIND,
        title="Auto Scaling groups",
        operations=("autoscaling:DescribeAutoScalingGroups",),
        completeness=Completeness.LAST_PAGE,
        partition="region",
    ),
)


def read_machines(reading: Reading) -> Iterator[Observation]:
    """Instances of every region that are not terminated."""
    yield from reading.by_region(VirtualMachine.KIND, partial(_machines, reading))


def _machines(reading: Reading, region: str) -> Iterator[Observation]:
    for page in reading.pages("ec2:DescribeInstances", region=region, kind=VirtualMachine.KIND):
        for reservation in rows(page.data, "Reservations"):
            for row in rows(reservation, "Instances"):
                if not collector.is_gone(row):
                    arn = reading.arn("ec2", f"instance/{subject(row, 'InstanceId')}", region)
                    yield Observation(fact=collector.machine(row, arn=arn, region=region), pages=(page.digest,))


def read_volumes(reading: Reading) -> Iterator[Observation]:
    """Disks of every region."""
    yield from reading.by_region(Volume.KIND, partial(_volumes, reading))


def _volumes(reading: Reading, region: str) -> Iterator[Observation]:
    for page in reading.client.call(operation="ec2:DescribeVolumes", region=region, parameters=_PAGE, kind=Volume.KIND):
        for row in rows(page.data, "Volumes"):
            arn = reading.arn("ec2", f"volume/{subject(row, 'VolumeId')}", region)
            yield Observation(fact=collector.volume(row, arn=arn, region=region), pages=(page.digest,))


def read_volume_defaults(reading: Reading) -> Iterator[Observation]:
    """One fact a region; its subject is the region's own key within the account."""
    yield from reading.by_region(VolumeDefault.KIND, partial(_volume_default, reading))


def _volume_default(reading: Reading, region: str) -> Iterator[Observation]:
    page = reading.client.one(operation="ec2:GetEbsEncryptionByDefault", region=region, kind=VolumeDefault.KIND)
    arn = reading.arn("ec2", "ebs-encryption-by-default", region)
    yield Observation(fact=collector.volume_default(page.data, arn=arn, region=region), pages=(page.digest,))


def read_volume_snapshots(reading: Reading) -> Iterator[Observation]:
    """Snapshots that the account owns, in every region."""
    yield from reading.by_region(VolumeSnapshot.KIND, partial(_volume_snapshots, reading))


def _volume_snapshots(reading: Reading, region: str) -> Iterator[Observation]:
    kind, operation, own = VolumeSnapshot.KIND, "ec2:DescribeSnapshots", {**_PAGE, "OwnerIds": ["self"]}
    answers = reading.client.call(operation=operation, region=region, parameters=own, kind=kind)
    listed = [(row, page) for page in answers for row in rows(page.data, "Snapshots")]
    if not listed:
        return
    open_to_all = {**own, "RestorableByUserIds": ["all"]}
    pages = tuple(reading.client.call(operation=operation, region=region, parameters=open_to_all, kind=kind))
    public = frozenset(word(row, "SnapshotId") for page in pages for row in rows(page.data, "Snapshots"))
    for row, page in listed:
        arn = reading.arn("ec2", f"snapshot/{subject(row, 'SnapshotId')}", region)
        fact = collector.volume_snapshot(row, arn=arn, region=region, public=public)
        yield Observation(fact=fact, pages=(page.digest, *(each.digest for each in pages)))


def read_functions(reading: Reading) -> Iterator[Observation]:
    """Functions of every region, each with its URLs and its policy."""
    yield from reading.by_region(Function.KIND, partial(_functions, reading))


def _functions(reading: Reading, region: str) -> Iterator[Observation]:
    pages = reading.client.call(operation="lambda:ListFunctions", region=region, kind=Function.KIND)
    listed = [(row, page) for page in pages for row in rows(page.data, "Functions")]
    yield from for_each_present(listed, lambda found: _function(reading, region, *found))


def _function(reading: Reading, region: str, row: Row, page: AwsPage) -> Observation | None:
    """None when the function was deleted since it was listed: then its URLs do not exist either."""
    parameters = {"FunctionName": word(row, "FunctionName")}

    def list_urls() -> tuple[AwsPage, ...]:
        gone = frozenset({_GONE})
        return tuple(reading.client.call(operation=_URLS, region=region, parameters=parameters, kind=Function.KIND, absent=gone))

    def get_policy() -> AwsPage:
        return reading.client.one(operation=_POLICY, region=region, parameters=parameters, kind=Function.KIND)

    urls = reading.part(Function.KIND, _URLS, list_urls)
    if urls and urls[0].absent:
        return None
    policy = reading.part(Function.KIND, _POLICY, get_policy)
    fact = collector.function(
        row,
        region=region,
        urls=None if urls is None else [each for answer in urls for each in rows(answer.data, "FunctionUrlConfigs")],
        policy=None if policy is None else policy.data,
    )
    digests = [page.digest, *(each.digest for each in urls or ()), *([policy.digest] if policy else [])]
    return Observation(fact=fact, pages=tuple(each for each in digests if each))


def read_scaling_groups(reading: Reading) -> Iterator[Observation]:
    """Auto Scaling groups of every region."""
    yield from reading.by_region(ScalingGroup.KIND, partial(_scaling_groups, reading))


def _scaling_groups(reading: Reading, region: str) -> Iterator[Observation]:
    operation, parameters = "autoscaling:DescribeAutoScalingGroups", {"MaxRecords": 100}
    pages = reading.client.call(operation=operation, region=region, parameters=parameters, kind=ScalingGroup.KIND)
    for page in pages:
        for row in rows(page.data, "AutoScalingGroups"):
            yield Observation(fact=collector.scaling_group(row, region=region), pages=(page.digest,))


READERS: dict[str, Reader] = {
    VirtualMachine.KIND: read_machines,
    Volume.KIND: read_volumes,
    VolumeDefault.KIND: read_volume_defaults,
    VolumeSnapshot.KIND: read_volume_snapshots,
    Function.KIND: read_functions,
    ScalingGroup.KIND: read_scaling_groups,
}
