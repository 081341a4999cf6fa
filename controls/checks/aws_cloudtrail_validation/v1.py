"""Trails keep digests of their files (CC7.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.audit_trail.v1 import AuditTrail

FACT = AuditTrail
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: AuditTrail, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one trail by LogFileValidationEnabled."""
    if fact.validation is None:
        return no_data("whether files are validated was not observed")
    return passed("digests of the files are kept") if fact.validation else failed("no digests of the files are kept")
