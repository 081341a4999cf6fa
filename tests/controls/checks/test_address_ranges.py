"""Which ranges are the world, and what a set of openings shows to it."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controls.checks.shared.network import Opening, RangeError, is_world, reaches, world_ports, world_reaches, world_reaches_everything

EVERYONE = ("0.0.0.0/0",)
OFFICE = ("198.51.100.0/24",)


@pytest.mark.parametrize(
    "ranges",
    [
        ["0.0.0.0/0"],
        ["::/0"],
        ["0.0.0.0/1", "128.0.0.0/1"],
        ["::/1", "8000::/1"],
        ["2000::/3"],
        ["2000::/4", "3000::/4"],
        ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"],
        ["10.0.0.0/8", "0.0.0.0/0"],
        [" 0.0.0.0/0 "],
    ],
)
def test_ranges_that_together_reach_the_public_internet_are_the_world(ranges):
    assert is_world(ranges)


def test_everything_but_the_private_networks_is_the_world():
    public = [str(each) for each in ipaddress.ip_network("0.0.0.0/0").address_exclude(ipaddress.ip_network("10.0.0.0/8"))]
    assert is_world(public)


@pytest.mark.parametrize("ranges", [[], ["10.0.0.0/8"], ["198.51.100.7/32"], ["2001:db8::/32"], ["0.0.0.0/2"], ["fc00::/7", "fe80::/10"]])
def test_ranges_that_somebody_can_own_are_not_the_world(ranges):
    assert not is_world(ranges)


def test_the_same_range_many_times_is_counted_once():
    assert not is_world(["0.0.0.0/2"] * 4)


def test_a_text_that_is_no_range_is_refused():
    with pytest.raises(RangeError, match="anywhere"):
        is_world(["anywhere"])


@settings(deadline=None)
@given(st.integers(0, 8))
def test_splitting_the_world_into_pieces_does_not_hide_it(depth):
    pieces = [str(each) for each in ipaddress.ip_network("0.0.0.0/0").subnets(prefixlen_diff=depth)]
    assert is_world(reversed(pieces))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(3, 32)), max_size=8))
def test_the_union_is_what_counts(drawn):
    networks = [ipaddress.ip_network((number, length), strict=False) for number, length in drawn]
    union = sum(each.num_addresses for each in ipaddress.collapse_addresses(networks))
    assert is_world(map(str, networks)) == (union >= 2**31)


@pytest.mark.parametrize(
    ("protocol", "first", "last", "port", "expected"),
    [
        ("tcp", 22, 22, 22, True),
        ("tcp", 20, 30, 22, True),
        ("6", 20, 30, 22, True),
        ("tcp", 23, 30, 22, False),
        ("udp", 22, 22, 22, False),
        ("-1", None, None, 22, True),
        ("-1", 443, 443, 22, True),
        ("all", None, None, 22, True),
        ("tcp", None, None, 22, True),
        ("tcp", -1, -1, 22, True),
        ("icmp", 8, -1, 22, False),
    ],
)
def test_ports_are_reached_through_ranges_and_through_protocols_that_cover_them(protocol, first, last, port, expected):
    assert reaches(Opening(protocol, first, last, EVERYONE), "tcp", port) is expected


def test_half_of_the_internet_is_more_than_anybody_owns():
    assert is_world(["0.0.0.0/1"])


def test_two_rules_with_a_part_of_the_world_each_open_only_the_port_they_share():
    quarters = (Opening("tcp", 0, 100, ("0.0.0.0/2",)), Opening("tcp", 22, 22, ("128.0.0.0/2",)))
    assert world_reaches(quarters, "tcp", 22) is True
    assert world_reaches(quarters, "tcp", 80) is False
    assert world_ports(quarters, "tcp") == ((22, 22),)


def test_an_unread_list_leaves_the_answer_open_unless_another_rule_decides():
    unread = Opening("tcp", 22, 22, None)
    assert world_reaches((unread,), "tcp", 22) is None
    assert world_reaches((unread,), "tcp", 80) is False
    assert world_reaches((unread, Opening("-1", None, None, EVERYONE)), "tcp", 22) is True


@pytest.mark.parametrize(
    "openings",
    [
        (Opening("-1", None, None, EVERYONE),),
        (Opening("tcp", 0, 65535, ("::/0",)),),
        (Opening("tcp", 1, 65535, EVERYONE),),
        (Opening("udp", 0, 65535, EVERYONE),),
        (Opening("tcp", 0, 40000, EVERYONE), Opening("tcp", 40001, 65535, ("::/0",))),
        (Opening("-1", None, None, ("0.0.0.0/1",)), Opening("tcp", 0, 65535, ("128.0.0.0/1",))),
    ],
)
def test_rules_that_together_open_every_port_are_seen(openings):
    assert world_reaches_everything(openings)


@pytest.mark.parametrize(
    "openings", [(), (Opening("-1", None, None, OFFICE),), (Opening("tcp", 0, 65534, EVERYONE),), (Opening("icmp", -1, -1, EVERYONE),)]
)
def test_rules_that_leave_ports_or_strangers_out_do_not_open_everything(openings):
    assert not world_reaches_everything(openings)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 65535)), max_size=6), st.integers(0, 65535))
def test_port_spans_say_the_same_as_asking_for_each_port(drawn, port):
    openings = tuple(Opening("tcp", min(pair), max(pair), EVERYONE) for pair in drawn)
    inside = any(first <= port <= last for first, last in world_ports(openings, "tcp"))
    assert inside == bool(world_reaches(openings, "tcp", port))
