"""What every member may do in every repository is at most reading (CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.code_organization.v1 import CodeOrganization

FACT = CodeOrganization
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"allowed": ["none", "read"]}


def judge(fact: CodeOrganization, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge default_repository_permission."""
    if fact.base_permission is None:
        return no_data("the base permission was not shown")
    if fact.base_permission in parameters["allowed"]:  # type: ignore[operator]
        return passed(f"the base permission is {fact.base_permission}")
    return failed(f"the base permission is {fact.base_permission}: every member may do that in every repository")
