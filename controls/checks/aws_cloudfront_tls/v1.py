"""Viewer protocol policies and security policy demand TLS 1.2 or newer (CC6.7)."""

import re
from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.distribution.v1 import Distribution

FACT = Distribution
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"minimum": "TLSv1.2_2021"}


def judge(fact: Distribution, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """No behaviour allows plain HTTP, and the security policy is the demanded one or a newer. Under CloudFront's own certificate the
    policy is always TLSv1."""
    if fact.enabled is False:
        return not_applicable("is disabled")
    plain = sorted(each.path for each in fact.viewer_policies or () if each.policy == "allow-all")
    if plain:
        return failed(f"answers plain HTTP under {', '.join(plain)}")
    if fact.default_certificate:
        return failed("uses CloudFront's own certificate, under which TLSv1 is accepted")
    if fact.viewer_policies is None or not fact.minimum_tls:
        return no_data("viewer policies or security policy were not observed")
    least, found = rank(str(parameters["minimum"])), rank(fact.minimum_tls)
    if least is None or found is None:
        return no_data(f"the security policy {fact.minimum_tls} is not known here")
    if found < least:
        return failed(f"security policy {fact.minimum_tls} is older than {parameters['minimum']}")
    return passed(f"plain HTTP is not answered; security policy {fact.minimum_tls}")


def rank(policy: str) -> tuple[tuple[int, ...], int] | None:
    """What orders CloudFront's security policies: TLS version, then year (`TLSv1.2_2021`); None for another form."""
    match = re.fullmatch(r"(SSL|TLS)v(\d+(?:\.\d+)?)(?:_(\d{4}))?", policy)
    if match is None:
        return None
    version = tuple(int(part) for part in match[2].split("."))
    return ((0,) if match[1] == "SSL" else version), int(match[3] or 0)
