"""The bucket policy refuses every request without TLS (CC6.7)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.policies import PolicyError, read_resource_policy, refuses_plain_http
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.object_store.v1 import ObjectStore

FACT = ObjectStore
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: ObjectStore, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """A Deny for everyone on all actions, for the bucket and all its objects, with nothing but aws:SecureTransport=false as condition."""
    if fact.policy is None:
        return no_data("the bucket policy was not observed")
    if not fact.policy:
        return failed("there is no bucket policy, so requests without TLS are answered")
    try:
        statements = read_resource_policy(fact.policy)
    except PolicyError as error:
        return no_data(str(error))
    if refuses_plain_http(statements, fact.subject):
        return passed("the policy refuses requests without TLS")
    return failed("no statement refuses every request without TLS to the bucket and all its objects")
