"""VPCs, subnets, flow logs and security groups."""

from collections.abc import Sequence
from typing import Any

from integrations.sandbox.aws.estate import detection
from integrations.sandbox.aws.estate.site import Site, tags


def build(site: Site) -> None:
    """Regions are tidied of their default VPC, except the one nobody looked at."""
    for region in site.plan["regions"][:-1]:
        _remove_default_network(site, region)
    for region in site.plan["ebs_encrypted_by_default"]:
        site.client("ec2", region).enable_ebs_encryption_by_default()
    detection.log_groups(site)
    for name, wanted in site.plan["networks"].items():
        _network(site, name, wanted)
    for name, wanted in site.plan["firewalls"].items():
        _firewall(site, name, wanted)


def ranges(openings: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """AWS's permissions of `[protocol, from, to, range]` rows."""
    rows = []
    for protocol, low, high, cidr in openings:
        key = ("Ipv6Ranges", "CidrIpv6") if ":" in cidr else ("IpRanges", "CidrIp")
        row: dict[str, Any] = {"IpProtocol": str(protocol), key[0]: [{key[1]: cidr}]}
        if str(protocol) != "-1":
            row |= {"FromPort": low, "ToPort": high}
        rows.append(row)
    return rows


def open_firewall(site: Site, name: str, openings: Sequence[Sequence[Any]]) -> None:
    """Inbound rules are added to a group of the plan."""
    client = site.client("ec2", site.region_of(site.plan["firewalls"][name]["network"]))
    client.authorize_security_group_ingress(GroupId=site.made[f"firewall:{name}"], IpPermissions=ranges(openings))


def close_firewall(site: Site, name: str, openings: Sequence[Sequence[Any]]) -> None:
    """Inbound rules are taken away again."""
    client = site.client("ec2", site.region_of(site.plan["firewalls"][name]["network"]))
    client.revoke_security_group_ingress(GroupId=site.made[f"firewall:{name}"], IpPermissions=ranges(openings))


def start_flow_log(site: Site, name: str) -> None:
    """A network's traffic is logged from here on."""
    made = site.client("ec2", site.region_of(name)).create_flow_logs(
        ResourceIds=[site.made[f"network:{name}"]],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogGroupName=f"/aws/vpc/{name}",
        DeliverLogsPermissionArn=site.made["role:flow-logs"],
    )
    site.made[f"flow_log:{name}"] = made["FlowLogIds"][0]


def stop_flow_log(site: Site, name: str) -> None:
    """A network's traffic is no longer logged."""
    site.client("ec2", site.region_of(name)).delete_flow_logs(FlowLogIds=[site.made.pop(f"flow_log:{name}")])


def _remove_default_network(site: Site, region: str) -> None:
    ec2 = site.client("ec2", region)
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]:
        within = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        for subnet in ec2.describe_subnets(Filters=within)["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        for gateway in ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}])[
            "InternetGateways"
        ]:
            ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])


def _network(site: Site, name: str, wanted: dict[str, Any]) -> None:
    ec2 = site.client("ec2", wanted["region"])
    vpc = ec2.create_vpc(CidrBlock=wanted["cidr"])["Vpc"]["VpcId"]
    site.made[f"network:{name}"] = vpc
    ec2.create_tags(Resources=[vpc], Tags=tags({"Name": name, "env": "prod" if name == "prod" else name}))
    prefix = ".".join(wanted["cidr"].split(".")[:2])
    for number, zone in enumerate(wanted["zones"]):
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"{prefix}.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        ec2.create_tags(Resources=[subnet], Tags=tags({"Name": f"{name}-{number}"}))
        site.made[f"subnet:{name}:{number}"] = subnet
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    _close_default_group(ec2, vpc)
    if wanted["flow_logs"]:
        start_flow_log(site, name)


def _close_default_group(ec2: Any, vpc: str) -> None:
    named = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    for group in ec2.describe_security_groups(Filters=named)["SecurityGroups"]:
        for direction, revoke in (
            ("IpPermissions", ec2.revoke_security_group_ingress),
            ("IpPermissionsEgress", ec2.revoke_security_group_egress),
        ):
            if group[direction]:
                revoke(GroupId=group["GroupId"], IpPermissions=[_bare(row) for row in group[direction]])


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value not in ([], None)}


def _firewall(site: Site, name: str, wanted: dict[str, Any]) -> None:
    ec2 = site.client("ec2", site.region_of(wanted["network"]))
    vpc = site.made[f"network:{wanted['network']}"]
    made = ec2.create_security_group(GroupName=name, Description=f"{name} of {wanted['network']}", VpcId=vpc)
    site.made[f"firewall:{name}"] = made["GroupId"]
    ec2.create_tags(Resources=[made["GroupId"]], Tags=tags({"Name": name}))
    open_firewall(site, name, wanted["open"])
