"""The root user has no access keys (CC6.1, CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.root_user.v1 import RootUser

FACT = RootUser
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: RootUser, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge by the account summary's AccountAccessKeysPresent."""
    if fact.access_keys is None:
        return no_data("whether the root user has access keys was not observed")
    return failed("the root user has access keys") if fact.access_keys else passed("the root user has no access keys")
