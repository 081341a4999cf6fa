"""Disks attached to a machine are encrypted (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.volume.v1 import Volume

FACT = Volume
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Volume, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Encrypted, for disks attached to a machine."""
    if not fact.attached_to:
        return not_applicable("attached to no machine")
    if fact.encrypted is None:
        return no_data("whether it is encrypted was not observed")
    return passed("is encrypted") if fact.encrypted else failed(f"is not encrypted and attached to {', '.join(fact.attached_to)}")
