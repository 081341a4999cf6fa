"""API tokens are used, owned and limited (CC6.1, CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.identity_token.v1 import IdentityToken

FACT = IdentityToken
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"unused_days": 90}
ALIVE = frozenset({"active", "locked_out", "password_expired", "provisioned", "recovery"})
SUPER = "SUPER_ADMIN"


def judge(fact: IdentityToken, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one token; one known fault fails it, whatever else is unknown."""
    wrong = []
    if fact.owner_status is not None and fact.owner_status not in ALIVE:
        wrong.append(f"its owner is {fact.owner_status or 'no user any more'}")
    if fact.owner_roles is not None and SUPER in fact.owner_roles:
        wrong.append("its owner is a super administrator")
    if fact.restricted is False:
        wrong.append("it works from anywhere")
    end = after(fact.last_used, days=int(parameters["unused_days"])) if fact.last_used else None  # type: ignore[call-overload]
    if end is not None and now >= end:
        wrong.append(f"last used {day(fact.last_used or '')}, unused since {day(end)}")
    if wrong:
        still = end if end is not None and now < end else None
        return failed("; ".join(wrong), still)
    if fact.owner_status is None or fact.owner_roles is None:
        return no_data("whose token it is and what the owner may do was not observed")
    if fact.restricted is None:
        return no_data("from where the token works was not observed")
    if end is None:
        return no_data("when the token was last used was not observed")
    return passed(f"used {day(fact.last_used or '')}, from named networks only; unused from {day(end)}", end)
