"""Apps with provisioning deactivate accounts too (CC6.2, CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.registers import entered
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.identity_app.v1 import IdentityApp

FACT = IdentityApp
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"left_out": []}
MAKING = frozenset({"PUSH_NEW_USERS", "PUSH_NEW_USERS_WITHOUT_PASSWORD", "PUSH_NEW_USERS_WITH_HASHED_PASSWORD"})
ENDING = "PUSH_USER_DEACTIVATION"


def judge(fact: IdentityApp, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one app in use by what is provisioned."""
    if fact.status is None:
        return no_data("whether the app is in use was not observed")
    if fact.status != "active":
        return not_applicable("is not in use")
    if entered(fact.name, parameters["left_out"]):  # type: ignore[arg-type]
        return not_applicable("is left out: its accounts are taken away in another way")
    if fact.features is None:
        return no_data("what is provisioned was not observed")
    if ENDING in fact.features:
        return passed("accounts are deactivated through Okta")
    if MAKING.isdisjoint(fact.features):
        return not_applicable("Okta makes no accounts in it")
    return failed("accounts are made through Okta and never deactivated")
