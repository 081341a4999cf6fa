"""All four switches against public access are on at the bucket or at the account, switch by switch (CC6.1, CC6.6)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.object_store.v1 import ObjectStore

FACT = ObjectStore
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}

SWITCHES = {
    "block_lists": "BlockPublicAcls",
    "ignore_lists": "IgnorePublicAcls",
    "block_policy": "BlockPublicPolicy",
    "restrict_policy": "RestrictPublicBuckets",
}


def judge(fact: ObjectStore, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Each switch counts when it is on for the bucket or for the account, as AWS combines them."""
    levels = [level for level in (fact.block, fact.account_block) if level is not None]
    lacking = [word for name, word in SWITCHES.items() if not any(getattr(level, name) for level in levels)]
    if not lacking:
        return passed("all four switches are on, for the bucket or for the account")
    if len(levels) == 2:
        return failed(f"neither bucket nor account has {', '.join(lacking)} on")
    unread = "the account" if fact.block is not None else "the bucket" if fact.account_block is not None else "bucket and account"
    return no_data(f"the switches of {unread} were not observed")
