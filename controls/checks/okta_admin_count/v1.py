"""Super administrators are few, more than one, and approved (CC6.3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.checks.shared.registers import entered
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.fact import Fact
from evidence.facts.identity.v1 import Identity

FACT = Identity
OTHERS: tuple[type, ...] = (Identity,)
PARAMETERS: Mapping[str, object] = {"minimum": 2, "maximum": 5, "register": []}
SUPER = "SUPER_ADMIN"


def judge(fact: Identity, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence[Fact]]) -> Judgement:
    """Judge one user. The number is the same for each super administrator, so a wrong number fails every one of them."""
    held = _holds(fact)
    if held is None:
        return no_data("the user's administrator roles were not observed")
    if not held:
        return not_applicable("is no super administrator who can sign in")
    everybody = [_holds(each) for each in others[Identity.KIND] if isinstance(each, Identity)]
    holders, unknown = everybody.count(True), everybody.count(None)
    least, most = int(parameters["minimum"]), int(parameters["maximum"])  # type: ignore[call-overload]
    if holders > most:
        return failed(f"{holders} people are super administrators, more than {most}")
    if holders + unknown < least:
        return failed(f"{holders} of the users is a super administrator, fewer than {least}")
    register = parameters["register"]
    if not register:
        return no_data("no register of privileged access is kept yet")
    if not entered(fact.login, register):  # type: ignore[arg-type]
        return failed("is a super administrator and not in the register of privileged access")
    if unknown:
        return no_data(f"whether {unknown} other users are super administrators was not observed")
    return passed(f"is in the register of privileged access; {holders} people are super administrators")


def _holds(fact: Identity) -> bool | None:
    """Whether the user is a super administrator who can sign in; None when that is not known."""
    if fact.enabled is False or (fact.roles is not None and SUPER not in fact.roles):
        return False
    return None if fact.roles is None or fact.enabled is None else True
