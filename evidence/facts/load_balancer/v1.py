"""What spreads incoming traffic over machines."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer(Fact):
    """`form`: application, network or gateway. `web_firewall`: the web firewall in front of it, "" for none. `access_log`: requests are
    logged; None when the form has no such log or it was not observed."""

    KIND: ClassVar[str] = "load_balancer"
    VERSION: ClassVar[int] = 1

    form: str = ""
    internet_facing: bool | None = None
    web_firewall: str | None = None
    access_log: bool | None = None
