"""Checks of security groups and networks: passing, failing, absent, denied."""

import pytest

from controls.outcomes import Outcome
from evidence.facts.firewall.v1 import Firewall, FirewallRule
from evidence.facts.virtual_network.v1 import FlowLog, VirtualNetwork
from tests.controls.checks.judging import judged, outcome

REMOTE, DATABASES, EVERYTHING = "aws.ec2.sg_no_ssh_rdp_world", "aws.ec2.sg_no_db_ports_world", "aws.ec2.sg_no_all_ports_world"


def rule(source="0.0.0.0/0", first=22, last=22, protocol="tcp", peer="ipv4", ranges: tuple | None = ()) -> FirewallRule:
    reached = (source,) if ranges == () and peer in ("ipv4", "ipv6") else ranges
    return FirewallRule(protocol=protocol, first=first, last=last, peer=peer, source=source, ranges=reached)


def group(*inbound: FirewallRule, **known) -> Firewall:
    return Firewall(subject="sg", name="web", inbound=inbound, **{"attached": True, **known})


@pytest.mark.parametrize(
    "inbound",
    [
        (rule(),),
        (rule("::/0", peer="ipv6"),),
        (rule(first=3389, last=3389),),
        (rule(first=0, last=1024),),
        (rule(first=None, last=None, protocol="-1"),),
        (rule(protocol="6"),),
        (rule("0.0.0.0/1"), rule("128.0.0.0/1")),
        (rule("::/1", peer="ipv6"), rule("8000::/1", peer="ipv6")),
        (rule("10.0.0.0/8"), rule("0.0.0.0/0", first=20, last=30)),
        (rule("pl-1", peer="prefix_list", ranges=("0.0.0.0/0",)),),
        (rule("pl-1", peer="prefix_list", ranges=None), rule()),
    ],
)
def test_a_group_that_opens_remote_control_to_the_world_fails(inbound):
    assert outcome(REMOTE, group(*inbound)) is Outcome.FAIL


@pytest.mark.parametrize(
    "inbound",
    [
        (),
        (rule("198.51.100.0/24"),),
        (rule(first=443, last=443),),
        (rule(protocol="udp"),),
        (rule("0.0.0.0/2"), rule("128.0.0.0/2", first=443, last=443)),
        (rule("sg-2", peer="group", protocol="-1", first=None, last=None),),
        (rule("pl-1", peer="prefix_list", ranges=("198.51.100.0/24",)),),
        (rule("pl-1", peer="prefix_list", first=443, last=443, ranges=None),),
    ],
)
def test_a_group_that_keeps_the_world_from_remote_control_passes(inbound):
    assert outcome(REMOTE, group(*inbound)) is Outcome.PASS


def test_an_unread_prefix_list_on_the_port_is_no_data():
    assert outcome(REMOTE, group(rule("pl-1", peer="prefix_list", ranges=None))) is Outcome.NO_DATA


def test_a_rule_that_is_no_range_is_no_data():
    assert outcome(REMOTE, group(rule("somewhere"))) is Outcome.NO_DATA


def test_an_unattached_group_is_judged_all_the_same_and_the_reason_says_so():
    judgement = judged(REMOTE, group(rule(), attached=False))
    assert judgement.outcome is Outcome.FAIL
    assert judgement.reason == "the world reaches TCP port 22 (attached to nothing now)"
    assert outcome(REMOTE, group(rule(), attached=None)) is Outcome.FAIL


@pytest.mark.parametrize("port", [1433, 1521, 3306, 5432, 6379, 9200, 11211, 27017])
def test_each_database_port_counts(port):
    assert outcome(DATABASES, group(rule(first=port, last=port))) is Outcome.FAIL
    assert outcome(DATABASES, group(rule("10.0.0.0/8", first=port, last=port))) is Outcome.PASS
    assert outcome(DATABASES, group(rule("pl-1", peer="prefix_list", first=port, last=port, ranges=None))) is Outcome.NO_DATA


def test_ports_are_a_parameter():
    assert outcome(DATABASES, group(rule(first=9042, last=9042)), ports=["9042"]) is Outcome.FAIL


@pytest.mark.parametrize(
    ("inbound", "expected"),
    [
        ((rule(protocol="-1", first=None, last=None),), Outcome.FAIL),
        ((rule(first=0, last=65535),), Outcome.FAIL),
        ((rule(first=0, last=30000), rule("::/0", peer="ipv6", first=30001, last=65535)), Outcome.FAIL),
        ((rule(first=22, last=22),), Outcome.PASS),
        ((rule("10.0.0.0/8", protocol="-1", first=None, last=None),), Outcome.PASS),
        ((), Outcome.PASS),
        ((rule("pl-1", peer="prefix_list", protocol="-1", first=None, last=None, ranges=None),), Outcome.NO_DATA),
        ((rule("pl-1", peer="prefix_list", ranges=None),), Outcome.PASS),
    ],
)
def test_a_group_that_opens_every_port_to_the_world_fails(inbound, expected):
    assert outcome(EVERYTHING, group(*inbound)) is expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"default": True}, Outcome.PASS),
        ({"default": True, "inbound": (rule("sg", peer="group"),)}, Outcome.FAIL),
        ({"default": True, "outbound": (rule(protocol="-1"),)}, Outcome.FAIL),
        ({"default": False, "inbound": (rule(),)}, Outcome.NOT_APPLICABLE),
    ],
)
def test_a_default_group_must_have_no_rules(known, expected):
    assert outcome("aws.vpc.default_sg_closed", Firewall(subject="sg", **known)) is expected


def log(status="ACTIVE", delivery="SUCCESS") -> FlowLog:
    return FlowLog(name="fl", status=status, delivery=delivery, traffic="ALL")


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        ((log(),), Outcome.PASS),
        ((log(delivery=""),), Outcome.PASS),
        ((log(delivery="FAILED"), log()), Outcome.PASS),
        ((log(delivery="FAILED"),), Outcome.FAIL),
        ((log(status="INACTIVE"),), Outcome.FAIL),
        ((), Outcome.FAIL),
        (None, Outcome.NO_DATA),
    ],
)
def test_a_network_needs_a_flow_log_that_delivers(logs, expected):
    assert outcome("aws.vpc.flow_logs", VirtualNetwork(subject="vpc", flow_logs=logs)) is expected
