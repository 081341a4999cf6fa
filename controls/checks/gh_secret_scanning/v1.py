"""Secret scanning and push protection are on (CC6.1, CC8.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.repository.v1 import Repository

FACT = Repository
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Repository, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge security_and_analysis of one repository. An archived one takes no push, and GitHub switches its scanning off."""
    if fact.archived:
        return not_applicable("is archived, so nothing can be pushed to it")
    off = [name for name, value in (("secret scanning", fact.secret_scanning), ("push protection", fact.push_protection)) if value is False]
    if off:
        return failed(f"switched off: {' and '.join(off)}")
    if fact.secret_scanning is None or fact.push_protection is None:
        return no_data("the repository's security settings were not shown")
    return passed("secret scanning and push protection are on")
