"""Secrets are encrypted with a customer key and API and audit logs are on (CC6.1, CC7.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.kubernetes_cluster.v1 import KubernetesCluster

FACT = KubernetesCluster
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"log_types": ["api", "audit"]}


def judge(fact: KubernetesCluster, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """encryptionConfig covers secrets, and the demanded types of control-plane log are on."""
    faults = []
    if fact.secrets_key == "":
        faults.append("secrets are not encrypted with a key of our own")
    demanded = parameters["log_types"]
    if fact.logs is not None and (off := [each for each in demanded if each not in fact.logs]):  # type: ignore[attr-defined]
        faults.append(f"log types {', '.join(off)} are off")
    if faults:
        return failed("; ".join(faults))
    if fact.secrets_key is None or fact.logs is None:
        return no_data("encryption of secrets or logging was not observed")
    return passed(f"secrets are encrypted with {fact.secrets_key}; {', '.join(fact.logs)} are logged")
