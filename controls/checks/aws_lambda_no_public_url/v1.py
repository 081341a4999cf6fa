"""Neither a function URL nor a policy lets everyone call the function (CC6.6)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.policies import PolicyError, lets_everyone_in, read_resource_policy
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.function.v1 import Function

FACT = Function
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Function, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """No function URL without authentication, and no policy statement that lets everyone in without a condition that keeps strangers
    out (the condition lambda:FunctionUrlAuthType that AWS adds by itself does not)."""
    if open_urls := [each.qualifier or "unqualified" for each in fact.urls or () if each.authentication == "NONE"]:
        return failed(f"has a URL without authentication ({', '.join(open_urls)})")
    try:
        statements = read_resource_policy(fact.policy) if fact.policy else ()
    except PolicyError as error:
        return no_data(str(error))
    if public := [each.sid or "without name" for each in statements if lets_everyone_in(each)]:
        return failed(f"its policy lets everyone in (statement {', '.join(public)})")
    if fact.urls is None or fact.policy is None:
        return no_data("its URLs or its policy were not observed")
    return passed("neither a URL nor its policy lets everyone in")
