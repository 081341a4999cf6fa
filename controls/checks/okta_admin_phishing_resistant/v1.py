"""The Admin Console asks for a factor that resists phishing (CC6.1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.fact import Fact
from evidence.facts.identity_app.v1 import IdentityApp
from evidence.facts.sign_on_rule.v1 import SignOnRule

FACT = IdentityApp
OTHERS: tuple[type, ...] = (SignOnRule,)
PARAMETERS: Mapping[str, object] = {}
CONSOLE = "saasure"  # Okta's own name of the Admin Console


def judge(fact: IdentityApp, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence[Fact]]) -> Judgement:
    """Judge the console by the rules of the policy it is under; other apps are not spoken of."""
    if fact.key != CONSOLE:
        return not_applicable("is not the Admin Console")
    if not fact.access_policy:
        return no_data("which policy the console is under was not observed")
    rules = [each for each in others[SignOnRule.KIND] if isinstance(each, SignOnRule) and each.policy == fact.access_policy]
    opening = sorted(
        (each for each in rules if each.active is not False and each.policy_active is not False and each.access != "deny"),
        key=lambda each: (each.priority is None, each.priority or 0, each.subject),
    )
    weak = [each for each in opening if each.phishing_resistant is False and each.active and each.access == "allow"]
    if weak:
        return failed(f"the rule “{weak[0].name}” is satisfied by factors that can be phished")
    if not rules:
        return no_data("the rules of the console's policy were not observed")
    if any(each.phishing_resistant is None or each.active is None or each.access is None for each in opening):
        return no_data("what a rule of the console demands was not observed, or is said in a way that is not known")
    return passed(f"every one of {len(opening)} rules asks for a factor that resists phishing" if opening else "no rule lets anybody in")
