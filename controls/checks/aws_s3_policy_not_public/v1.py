"""Neither the bucket policy nor the access list lets everyone, or any AWS account, in (CC6.1, CC6.6)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.object_store.v1 import ObjectStore

FACT = ObjectStore
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
GROUPS = {"everyone": "everyone", "any_account": "every AWS account"}


def judge(fact: ObjectStore, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """The vendor's own word on the policy (PolicyStatus.IsPublic) and grants to AllUsers or AuthenticatedUsers. A public grant fails
    even while a public access switch neutralises it: the switches have a check of their own."""
    public = sorted({f"{GROUPS[each.group]} {each.permission}" for each in fact.grants or () if each.group in GROUPS})
    if public:
        return failed(f"the access list gives {', '.join(public)}")
    if fact.public_policy:
        return failed("the bucket policy lets everyone in")
    if fact.grants is None or fact.public_policy is None:
        return no_data("access list or policy status was not observed")
    return passed("neither policy nor access list names everyone")
