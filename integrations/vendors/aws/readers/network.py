"""Reads networks, their flow logs and their security groups; a prefix list that rules name is read once a region."""

from collections.abc import Iterator
from functools import partial

from evidence.facts.firewall.v1 import Firewall
from evidence.facts.virtual_network.v1 import VirtualNetwork
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.client import AwsPage
from integrations.vendors.aws.collectors.network import v1 as collector
from integrations.vendors.aws.collectors.typed import Row, rows, subject, word
from integrations.vendors.aws.readers.fan import for_each
from integrations.vendors.aws.reading import Reader, Reading

_PAGE = {"MaxResults": 1000}
_INTERFACES, _ENTRIES, _LOGS = "ec2:DescribeNetworkInterfaces", "ec2:GetManagedPrefixListEntries", "ec2:DescribeFlowLogs"

STREAMS: tuple[Stream, ...] = (
    Stream(
        kind=Firewall.KIND,
        title="Security groups",
        operations=("ec2:DescribeSecurityGroups", _INTERFACES, _ENTRIES),
        completeness=Completeness.LAST_PAGE,
        partition="region",
    ),
    Stream(
        kind=VirtualNetwork.KIND,
        title="Networks (VPCs)",
        operations=("ec2:DescribeVpcs", _LOGS),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="the traffic's logs themselves",
    ),
)


def read_firewalls(reading: Reading) -> Iterator[Observation]:
    """Security groups of every region."""
    yield from reading.by_region(Firewall.KIND, partial(_firewalls, reading))


def _firewalls(reading: Reading, region: str) -> Iterator[Observation]:
    kind = Firewall.KIND
    pages = reading.client.call(operation="ec2:DescribeSecurityGroups", region=region, parameters=_PAGE, kind=kind)
    listed = [(row, page) for page in pages for row in rows(page.data, "SecurityGroups")]
    if not listed:
        return
    attached = reading.part(kind, _INTERFACES, lambda: _attached(reading, region))
    used, of_used = attached if attached is not None else (None, ())
    wanted = sorted({each for row, _ in listed for each in collector.prefix_lists(row)})
    read = dict(zip(wanted, for_each(wanted, partial(_entries, reading, region)), strict=True))
    ranges = {name: None if found is None else found[0] for name, found in read.items()}
    for row, page in listed:
        group = subject(row, "GroupId")
        digests = [
            page.digest,
            *of_used,
            *(digest for name in sorted(collector.prefix_lists(row)) for digest in (read[name] or ((), ()))[1]),
        ]
        fact = collector.firewall(
            row,
            arn=reading.arn("ec2", f"security-group/{group}", region),
            region=region,
            attached=None if used is None else group in used,
            lists=ranges,
        )
        yield Observation(fact=fact, pages=tuple(digests))


def _attached(reading: Reading, region: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Ids of the groups that at least one network interface uses, and the pages that told."""
    pages = tuple(reading.client.call(operation=_INTERFACES, region=region, parameters=_PAGE, kind=Firewall.KIND))
    interfaces = [each for page in pages for each in rows(page.data, "NetworkInterfaces")]
    return frozenset(word(group, "GroupId") for each in interfaces for group in rows(each, "Groups")), tuple(page.digest for page in pages)


def _entries(reading: Reading, region: str, name: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    def call() -> tuple[AwsPage, ...]:
        parameters = {"PrefixListId": name, "MaxResults": 100}
        return tuple(reading.client.call(operation=_ENTRIES, region=region, parameters=parameters, kind=Firewall.KIND))

    pages = reading.part(Firewall.KIND, _ENTRIES, call)
    if pages is None:
        return None
    found = {word(each, "Cidr") for page in pages for each in rows(page.data, "Entries")} - {""}
    return tuple(sorted(found)), tuple(page.digest for page in pages)


def read_networks(reading: Reading) -> Iterator[Observation]:
    """Networks of every region with their flow logs."""
    yield from reading.by_region(VirtualNetwork.KIND, partial(_networks, reading))


def _networks(reading: Reading, region: str) -> Iterator[Observation]:
    kind = VirtualNetwork.KIND
    pages = reading.client.call(operation="ec2:DescribeVpcs", region=region, parameters=_PAGE, kind=kind)
    listed = [(row, page) for page in pages for row in rows(page.data, "Vpcs")]
    if not listed:
        return
    found = reading.part(kind, _LOGS, lambda: tuple(reading.client.call(operation=_LOGS, region=region, parameters=_PAGE, kind=kind)))
    logs: list[Row] | None = None if found is None else [each for page in found for each in rows(page.data, "FlowLogs")]
    for row, page in listed:
        arn = reading.arn("ec2", f"vpc/{subject(row, 'VpcId')}", region)
        fact = collector.network(row, arn=arn, region=region, logs=logs)
        yield Observation(fact=fact, pages=(page.digest, *(each.digest for each in found or ())))


READERS: dict[str, Reader] = {Firewall.KIND: read_firewalls, VirtualNetwork.KIND: read_networks}
