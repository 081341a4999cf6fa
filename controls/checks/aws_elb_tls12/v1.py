"""TLS listeners offer no version below TLS 1.2 (CC6.7)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.listener.v1 import Listener

FACT = Listener
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"accepted": ["TLSv1.2", "TLSv1.3"]}


def judge(fact: Listener, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Every TLS version that the listener's policy offers, as DescribeSSLPolicies lists them, is an accepted one."""
    if fact.protocol not in ("HTTPS", "TLS"):
        return not_applicable(f"takes {fact.protocol}, without TLS of its own")
    if not fact.protocols:
        return no_data(f"which TLS versions the policy {fact.tls_policy or '(none)'} offers was not observed")
    accepted = parameters["accepted"]
    if old := [each for each in fact.protocols if each not in accepted]:  # type: ignore[operator]
        return failed(f"its policy {fact.tls_policy} still offers {', '.join(old)}")
    return passed(f"its policy {fact.tls_policy} offers {' and '.join(fact.protocols)}")
