"""A trail of all regions logs reading and changing of configuration (CC7.2, CC7.3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.account_profile.v1 import AccountProfile
from evidence.facts.audit_trail.v1 import AuditTrail

FACT = AccountProfile
OTHERS: tuple[type, ...] = (AuditTrail,)
PARAMETERS: Mapping[str, object] = {}
_UNKNOWN = "was not observed whole"


def judge(fact: AccountProfile, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence]) -> Judgement:
    """Judge the account: one trail that does all of it is enough, an organization's trail included."""
    trails = [each for each in others[AuditTrail.KIND] if each.account == fact.number]
    said = sorted((_verdict(each), each.name) for each in trails)
    whole = [name for verdict, name in said if verdict == ""]
    if whole:
        return passed(f"logged by the trail {whole[0]}")
    if any(verdict == _UNKNOWN for verdict, _name in said):
        return no_data("whether a trail logs everything was not observed")
    return failed("; ".join(f"{name} {verdict}" for verdict, name in said) or "the account has no trail")


def _verdict(trail: AuditTrail) -> str:
    """What the trail lacks; empty when nothing; _UNKNOWN when it may lack nothing."""
    facts = (
        (trail.multi_region, "logs one region only"),
        (trail.logging, "is switched off"),
        (trail.management_reads, "leaves out events that read"),
        (trail.management_writes, "leaves out events that change"),
    )
    lacking = [words for fact, words in facts if fact is False]
    if lacking:
        return " and ".join(lacking)
    return _UNKNOWN if any(fact is None for fact, _words in facts) else ""
