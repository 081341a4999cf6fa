"""Security groups and networks through HTTP: what is set at AWS is what the checks judge."""

from controls.outcomes import Outcome
from evidence.facts.firewall.v1 import Firewall
from evidence.facts.virtual_network.v1 import VirtualNetwork
from integrations.sandbox.aws.server import Sandbox
from tests.controls.checks.judging import judged, outcome
from tests.integrations.aws.scanning import HOME, owner, reading

REMOTE, DATABASES, EVERYTHING = "aws.ec2.sg_no_ssh_rdp_world", "aws.ec2.sg_no_db_ports_world", "aws.ec2.sg_no_all_ports_world"


def network_id(aws: Sandbox) -> str:
    return owner(aws, "ec2").describe_vpcs()["Vpcs"][0]["VpcId"]


def group(aws: Sandbox, name: str, *permissions: dict) -> str:
    ec2 = owner(aws, "ec2")
    made = ec2.create_security_group(GroupName=name, Description=name, VpcId=network_id(aws))["GroupId"]
    if permissions:
        ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=list(permissions))
    return made


def tcp(first: int, last: int, *ranges: str, v6: tuple[str, ...] = ()) -> dict:
    return {
        "IpProtocol": "tcp",
        "FromPort": first,
        "ToPort": last,
        "IpRanges": [{"CidrIp": each} for each in ranges],
        "Ipv6Ranges": [{"CidrIpv6": each} for each in v6],
    }


def firewalls(aws: Sandbox, **more) -> dict[str, Firewall]:
    with reading(aws, (Firewall.KIND,), **more) as reader:
        found = reader.facts(Firewall.KIND)
        assert reader.context.faults(Firewall.KIND) == ()
        return found


P, F = Outcome.PASS, Outcome.FAIL
GROUPS = {
    "ssh": ((tcp(22, 22, "0.0.0.0/0"),), (F, P, P)),
    "range-of-six": ((tcp(3000, 6000, v6=("::/0",)),), (F, F, P)),
    "halves": ((tcp(5432, 5432, "0.0.0.0/1", "128.0.0.0/1"),), (P, F, P)),
    "all-tcp": ((tcp(0, 65535, "0.0.0.0/0"),), (F, F, F)),
    "everything": (({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},), (F, F, F)),
    "web": ((tcp(443, 443, "0.0.0.0/0"), tcp(22, 22, "198.51.100.0/24")), (P, P, P)),
    "empty": ((), (P, P, P)),
}


def test_groups_are_judged_by_what_the_world_reaches(aws):
    for name, (permissions, _) in GROUPS.items():
        group(aws, name, *permissions)
    aws.page_size = 3
    try:
        found = firewalls(aws)
    finally:
        aws.page_size = None
    judged_so = {name: tuple(outcome(check, found[name]) for check in (REMOTE, DATABASES, EVERYTHING)) for name in GROUPS}
    assert judged_so == {name: expected for name, (_, expected) in GROUPS.items()}


def test_a_group_attached_to_nothing_is_reported_and_said_to_be(aws):
    group(aws, "forgotten", tcp(22, 22, "0.0.0.0/0"))
    assert judged(REMOTE, firewalls(aws)["forgotten"]).reason == "the world reaches TCP port 22 (attached to nothing now)"


def test_a_group_in_use_is_seen_to_be(aws):
    used = group(aws, "web", tcp(22, 22, "0.0.0.0/0"))
    owner(aws, "ec2").run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SecurityGroupIds=[used])
    assert firewalls(aws)["web"].attached is True


def test_a_referenced_group_is_not_the_world(aws):
    inner = group(aws, "inner")
    group(aws, "data", {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": inner}]})
    data = firewalls(aws)["data"]
    assert [(each.peer, each.source) for each in data.inbound] == [("group", inner)]
    assert outcome(EVERYTHING, data) is Outcome.PASS


def prefix_list(aws: Sandbox, name: str, *ranges: str) -> str:
    made = owner(aws, "ec2").create_managed_prefix_list(
        PrefixListName=name, MaxEntries=9, AddressFamily="IPv4", Entries=[{"Cidr": each} for each in ranges]
    )
    return made["PrefixList"]["PrefixListId"]


def through(listed: str) -> dict:
    return {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": [{"PrefixListId": listed}]}


def test_the_ranges_behind_a_prefix_list_count_and_a_list_is_read_once(aws):
    world, office = prefix_list(aws, "world", "0.0.0.0/1", "128.0.0.0/1"), prefix_list(aws, "office", "198.51.100.0/24")
    for name, listed in (("a", world), ("b", world), ("c", office)):
        group(aws, name, through(listed))
    with reading(aws, (Firewall.KIND,)) as reader:
        found = reader.facts(Firewall.KIND)
        asked = [each.operation for each in reader.context.ledger.calls()]
    assert [outcome(REMOTE, found[name]) for name in "abc"] == [Outcome.FAIL, Outcome.FAIL, Outcome.PASS]
    assert asked.count("ec2:GetManagedPrefixListEntries") == 2


def test_a_prefix_list_that_may_not_be_read_leaves_its_groups_without_an_answer(aws):
    group(aws, "web", through(prefix_list(aws, "office", "198.51.100.0/24")))
    group(aws, "plain", tcp(443, 443, "0.0.0.0/0"))
    aws.faults.add("ec2:GetManagedPrefixListEntries", "denied", times=100)
    with reading(aws, (Firewall.KIND,)) as reader:
        found = reader.facts(Firewall.KIND)
        assert [each.operation for each in reader.context.faults(Firewall.KIND)] == ["ec2:GetManagedPrefixListEntries"]
    assert outcome(REMOTE, found["web"]) is Outcome.NO_DATA
    assert outcome(REMOTE, found["plain"]) is Outcome.PASS


def test_denied_interfaces_only_leave_the_use_unknown(aws):
    group(aws, "web", tcp(22, 22, "0.0.0.0/0"))
    aws.faults.add("ec2:DescribeNetworkInterfaces", "denied", times=100)
    with reading(aws, (Firewall.KIND,)) as reader:
        web = reader.facts(Firewall.KIND)["web"]
    assert web.attached is None
    assert outcome(REMOTE, web) is Outcome.FAIL


def test_the_default_group_fails_until_its_rules_are_gone(aws):
    default = firewalls(aws)["default"]
    assert outcome("aws.vpc.default_sg_closed", default) is Outcome.FAIL
    own = default.subject.rpartition("/")[2]
    ec2 = owner(aws, "ec2")
    raw = ec2.describe_security_groups(GroupIds=[own])["SecurityGroups"][0]
    ec2.revoke_security_group_egress(GroupId=own, IpPermissions=raw["IpPermissionsEgress"])
    if raw["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=own, IpPermissions=raw["IpPermissions"])
    assert outcome("aws.vpc.default_sg_closed", firewalls(aws)["default"]) is Outcome.PASS


def test_the_order_of_rules_does_not_change_the_fact(aws):
    first, second = tcp(443, 443, "198.51.100.0/24", "203.0.113.0/24"), tcp(80, 80, "198.51.100.0/24")
    group(aws, "one", first, second)
    group(aws, "two", second, {**first, "IpRanges": first["IpRanges"][::-1]})
    found = firewalls(aws)
    assert found["one"].inbound == found["two"].inbound


# -- networks


def networks(aws: Sandbox) -> dict[str, VirtualNetwork]:
    with reading(aws, (VirtualNetwork.KIND,)) as reader:
        return reader.facts(VirtualNetwork.KIND)


def test_a_network_passes_once_its_traffic_is_logged(aws):
    [before] = networks(aws).values()
    assert outcome("aws.vpc.flow_logs", before) is Outcome.FAIL
    owner(aws, "s3").create_bucket(Bucket="fernhill-flows", CreateBucketConfiguration={"LocationConstraint": HOME})
    owner(aws, "ec2").create_flow_logs(
        ResourceIds=[network_id(aws)],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::fernhill-flows",
    )
    [after] = networks(aws).values()
    assert outcome("aws.vpc.flow_logs", after) is Outcome.PASS


def test_a_log_of_another_network_does_not_count(aws):
    other = owner(aws, "ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    owner(aws, "s3").create_bucket(Bucket="fernhill-flows", CreateBucketConfiguration={"LocationConstraint": HOME})
    owner(aws, "ec2").create_flow_logs(
        ResourceIds=[other], ResourceType="VPC", TrafficType="ALL", LogDestinationType="s3", LogDestination="arn:aws:s3:::fernhill-flows"
    )
    found = networks(aws)
    assert outcome("aws.vpc.flow_logs", found[other]) is Outcome.PASS
    assert outcome("aws.vpc.flow_logs", found[network_id(aws)]) is Outcome.FAIL


def test_denied_flow_logs_leave_every_network_without_an_answer(aws):
    aws.faults.add("ec2:DescribeFlowLogs", "denied", times=100)
    assert {outcome("aws.vpc.flow_logs", each) for each in networks(aws).values()} == {Outcome.NO_DATA}
