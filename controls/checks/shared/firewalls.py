"""What the inbound rules of a firewall let the world reach, in the words that several checks use."""

from collections.abc import Iterable

from controls.checks.shared.network import Opening, RangeError, world_reaches
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.firewall.v1 import Firewall


def openings(firewall: Firewall) -> tuple[Opening, ...]:
    """Every inbound rule as an opening. A referenced group opens to its members only, so its ranges are empty."""
    return tuple(Opening(each.protocol, each.first, each.last, each.ranges) for each in firewall.inbound)


def standing(firewall: Firewall) -> str:
    """Whether the firewall is in use, for reasons: an unattached one is judged all the same, because attaching takes one click."""
    return {True: "", False: " (attached to nothing now)", None: ""}[firewall.attached]


def judge_ports(firewall: Firewall, ports: Iterable[str]) -> Judgement:
    """FAIL when the world reaches any of these TCP ports, NO_DATA when ranges are unknown that could open one, else PASS."""
    rules = openings(firewall)
    wanted = [int(each) for each in ports]
    try:
        found = {port: world_reaches(rules, "tcp", port) for port in wanted}
    except RangeError as error:
        return no_data(str(error))
    if reached := [str(port) for port in wanted if found[port]]:
        return failed(f"the world reaches TCP port {', '.join(reached)}{standing(firewall)}")
    if unknown := [str(port) for port in wanted if found[port] is None]:
        return no_data(f"the ranges of a prefix list that opens TCP port {', '.join(unknown)} were not observed")
    return passed(f"the world reaches none of TCP port {', '.join(map(str, wanted))}")
