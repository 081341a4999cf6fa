"""The root user was not used lately (CC6.1, CC7.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day, minute
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.root_use.v1 import RootUse

FACT = RootUse
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"unused_days": 90}


def judge(fact: RootUse, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge by the last sign-in and the last use of its keys in the credential report."""
    days = int(parameters["unused_days"])  # type: ignore[call-overload]
    uses = [each for each in (fact.last_sign_in, fact.last_key_use) if each]
    unknown = fact.last_sign_in is None or fact.last_key_use is None
    if uses:
        end = after(max(uses), days=days)
        if now < end:
            return failed(f"last used {minute(max(uses))}, less than {days} days before {minute(end)}", end)
    if unknown:
        return no_data("when the root user was last used was not observed")
    return passed(f"not used for more than {days} days since {day(max(uses))}" if uses else "never used")
