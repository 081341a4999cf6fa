"""A content delivery network's front for web sites (CloudFront)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class PathPolicy(Part):
    """What happens to plain HTTP under one path pattern (`*` for the default)."""

    path: str
    policy: str


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution(Fact):
    """`viewer_policies`: per path pattern what happens to plain HTTP: allow-all, redirect-to-https or https-only.
    `minimum_tls`: the vendor's name of its security policy. `default_certificate`: served under the vendor's own name."""

    KIND: ClassVar[str] = "distribution"
    VERSION: ClassVar[int] = 1

    enabled: bool | None = None
    aliases: tuple[str, ...] = ()
    viewer_policies: tuple[PathPolicy, ...] | None = None
    default_certificate: bool | None = None
    minimum_tls: str | None = None
