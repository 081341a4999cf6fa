"""Customer managed symmetric keys rotate (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.encryption_key.v1 import EncryptionKey

FACT = EncryptionKey
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: EncryptionKey, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one key by KeyRotationEnabled, where AWS offers rotation: enabled, symmetric, material made by KMS."""
    if not fact.state:
        return no_data("the key could not be described")
    if fact.state != "Enabled":
        return not_applicable(f"the key is not in use ({fact.state})")
    if fact.spec != "SYMMETRIC_DEFAULT":
        return not_applicable(f"keys of the kind {fact.spec} do not rotate by themselves")
    if fact.origin != "AWS_KMS":
        return not_applicable(f"material from {fact.origin} is replaced by its owner")
    if fact.rotation is None:
        return no_data("whether the key rotates was not observed")
    return passed("rotates by itself") if fact.rotation else failed("does not rotate")
