"""Owners of the organization are few, more than one, and approved (CC6.3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.checks.shared.registers import entered
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.account.v1 import Account
from evidence.facts.fact import Fact

FACT = Account
OTHERS: tuple[type, ...] = (Account,)
PARAMETERS: Mapping[str, object] = {"minimum": 2, "maximum": 5, "register": []}


def judge(fact: Account, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence[Fact]]) -> Judgement:
    """Judge one member. The number of owners is the same for each of them, so a wrong number fails every owner."""
    if fact.administrator is None:
        return no_data("whether the member is an owner was not observed")
    if not fact.administrator:
        return not_applicable("is no owner")
    held = [each.administrator for each in others[Account.KIND] if isinstance(each, Account)]
    owners, unknown = held.count(True), held.count(None)
    least, most = int(parameters["minimum"]), int(parameters["maximum"])  # type: ignore[call-overload]
    if owners > most:
        return failed(f"{owners} people are owners, more than {most}")
    if owners + unknown < least:
        return failed(f"{owners} of the members is an owner, fewer than {least}")
    register = parameters["register"]
    if not register:
        return no_data("no register of privileged access is kept yet")
    if not entered(fact.name, register):  # type: ignore[arg-type]
        return failed("is an owner and not in the register of privileged access")
    if unknown:
        return no_data(f"whether {unknown} other members are owners was not observed")
    return passed(f"is in the register of privileged access; {owners} people are owners")
