"""Trails are encrypted with the customer's key (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.audit_trail.v1 import AuditTrail

FACT = AuditTrail
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: AuditTrail, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one trail by KmsKeyId."""
    if fact.key is None:
        return no_data("how the files are encrypted was not observed")
    return passed("encrypted with a key of the customer") if fact.key else failed("encrypted with the vendor's key only")
