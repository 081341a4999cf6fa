"""The accounts of an organization and the regions of an account. Pure: parsed payloads in, facts out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from evidence.facts import instants
from evidence.facts.cloud_account.v1 import CloudAccount
from evidence.facts.region.v1 import Region


def cloud_accounts(listed: Iterable[Mapping[str, Any]], own: str) -> Iterator[CloudAccount]:
    """organizations:ListAccounts' Accounts. `own` is the number of the account that is being read."""
    for each in listed:
        yield CloudAccount(
            subject=each.get("Arn") or each["Id"],
            name=each.get("Name", each["Id"]),
            number=each["Id"],
            status=str(each.get("State") or each.get("Status") or ""),
            joined=instants.to_text(each.get("JoinedTimestamp")),
            own=each["Id"] == own,
        )


def lone_account(own: str, partition: str = "aws") -> CloudAccount:
    """The account that belongs to no organization."""
    return CloudAccount(subject=f"arn:{partition}:iam::{own}:root", name=own, number=own, status="ACTIVE", own=True)


def regions(listed: Iterable[Mapping[str, Any]], read: Iterable[str], account: str, partition: str = "aws") -> Iterator[Region]:
    """ec2:DescribeRegions' Regions. `read`: those that the connection reads."""
    chosen = frozenset(read)
    for each in listed:
        name, opt_in = each["RegionName"], each.get("OptInStatus", "")
        yield Region(
            subject=f"arn:{partition}:account:{name}:{account}:region",
            name=name,
            region=name,
            enabled=opt_in != "not-opted-in" if opt_in else None,
            opt_in=opt_in,
            read=name in chosen,
        )
