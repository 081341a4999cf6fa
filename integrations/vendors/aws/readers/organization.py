"""Reads the accounts of the organization and the regions of the account."""

from collections.abc import Iterator

from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.collectors.organization import v1 as collector
from integrations.vendors.aws.reading import Reader, Reading

STREAMS = (
    Stream(
        kind="cloud_account",
        title="Accounts of the organization",
        operations=("organizations:ListAccounts",),
        completeness=Completeness.LAST_PAGE,
        never="The e-mail addresses of the accounts are taken out of the answer before anything is kept.",
    ),
    Stream(kind="region", title="Regions of the account", operations=("ec2:DescribeRegions",), completeness=Completeness.CONSISTENT_READ),
)


def _cloud_accounts(reading: Reading) -> Iterator[Observation]:
    kind, own, partition = "cloud_account", reading.account, reading.partition
    found = False
    for page in reading.client.call(operation="organizations:ListAccounts", kind=kind):
        listed = page.data.get("Accounts", ())
        found = found or bool(listed)
        yield from reading.facts(kind, page, listed, lambda row: collector.cloud_accounts([row], own))
        if page.absent:
            break
    if not found:
        yield from reading.facts(kind, page, [own], lambda number: [collector.lone_account(number, partition)])


def _regions(reading: Reading) -> Iterator[Observation]:
    page, read, account, partition = reading.region_page(), reading.regions, reading.account, reading.partition
    yield from reading.facts("region", page, page.data.get("Regions", ()), lambda row: collector.regions([row], read, account, partition))


READERS: dict[str, Reader] = {"cloud_account": _cloud_accounts, "region": _regions}
