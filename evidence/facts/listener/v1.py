"""A port on which a load balancer takes connections."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Listener(Fact):
    """`redirects_to`: the protocol that the default action sends callers to, "" when it does something else. `protocols`: the TLS
    versions its policy offers, sorted, empty for a listener without TLS, None when the policy is unknown."""

    KIND: ClassVar[str] = "listener"
    VERSION: ClassVar[int] = 1

    load_balancer: str = ""
    internet_facing: bool | None = None
    protocol: str = ""
    port: int | None = None
    default_action: str = ""
    redirects_to: str = ""
    tls_policy: str = ""
    protocols: tuple[str, ...] | None = None
