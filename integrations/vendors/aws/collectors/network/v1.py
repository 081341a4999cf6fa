"""Networks and their firewalls: from EC2's answers to facts."""

from collections.abc import Mapping

from evidence.facts.firewall.v1 import Firewall, FirewallRule
from evidence.facts.virtual_network.v1 import FlowLog, VirtualNetwork
from integrations.vendors.aws.collectors.typed import Row, flag, named, number, rows, subject, word

PrefixLists = Mapping[str, tuple[str, ...] | None]


def prefix_lists(row: Row) -> frozenset[str]:
    """Ids of the prefix lists that a group's rules name."""
    rules = [*rows(row, "IpPermissions"), *rows(row, "IpPermissionsEgress")]
    return frozenset(word(each, "PrefixListId") for rule in rules for each in rows(rule, "PrefixListIds")) - {""}


def firewall(row: Row, *, arn: str, region: str, attached: bool | None, lists: PrefixLists) -> Firewall:
    """A security group of DescribeSecurityGroups; `lists` gives the ranges behind each prefix list, None for one that was not read."""
    return Firewall(
        subject=arn,
        name=word(row, "GroupName") or subject(row, "GroupId"),
        region=region,
        network=word(row, "VpcId"),
        default=row.get("GroupName") == "default",
        attached=attached,
        inbound=_rules(rows(row, "IpPermissions"), lists),
        outbound=_rules(rows(row, "IpPermissionsEgress"), lists),
    )


def _rules(permissions: list[Row], lists: PrefixLists) -> tuple[FirewallRule, ...]:
    found = {rule for each in permissions for rule in _expanded(each, lists)}
    return tuple(sorted(found, key=lambda rule: (rule.protocol, rule.first or 0, rule.last or 0, rule.peer, rule.source)))


def _expanded(permission: Row, lists: PrefixLists) -> list[FirewallRule]:
    peers: list[tuple[str, str, tuple[str, ...] | None]] = []
    peers += [("ipv4", text, (text,)) for each in rows(permission, "IpRanges") if (text := word(each, "CidrIp"))]
    peers += [("ipv6", text, (text,)) for each in rows(permission, "Ipv6Ranges") if (text := word(each, "CidrIpv6"))]
    peers += [("prefix_list", text, lists.get(text)) for each in rows(permission, "PrefixListIds") if (text := word(each, "PrefixListId"))]
    peers += [("group", text, ()) for each in rows(permission, "UserIdGroupPairs") if (text := word(each, "GroupId"))]
    return [
        FirewallRule(
            protocol=word(permission, "IpProtocol"),
            first=number(permission, "FromPort"),
            last=number(permission, "ToPort"),
            peer=peer,
            source=source,
            ranges=ranges,
        )
        for peer, source, ranges in peers
    ]


def network(row: Row, *, arn: str, region: str, logs: list[Row] | None) -> VirtualNetwork:
    """A network of DescribeVpcs; `logs` are the rows of DescribeFlowLogs, None when not read."""
    own = subject(row, "VpcId")
    return VirtualNetwork(
        subject=arn,
        name=named(row, own),
        region=region,
        default=flag(row, "IsDefault") or False,
        flow_logs=None if logs is None else _logs(own, logs),
    )


def _logs(network_id: str, logs: list[Row]) -> tuple[FlowLog, ...]:
    found = (
        FlowLog(
            name=word(each, "FlowLogId"),
            status=word(each, "FlowLogStatus"),
            delivery=word(each, "DeliverLogsStatus"),
            traffic=word(each, "TrafficType"),
            target=word(each, "LogDestination") or word(each, "LogGroupName"),
        )
        for each in logs
        if each.get("ResourceId") == network_id
    )
    return tuple(sorted(found, key=lambda each: each.name))
