"""The log is streamed (CC7.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.identity_organization.v1 import IdentityOrganization

FACT = IdentityOrganization
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: IdentityOrganization, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge the organization by its active log streams."""
    if fact.log_streams is None:
        return no_data("log streams were not read")
    if not fact.log_streams:
        return failed("no log stream is active")
    return passed(f"sent by {', '.join(fact.log_streams)}")
