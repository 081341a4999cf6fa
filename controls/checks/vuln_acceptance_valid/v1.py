"""Acceptances of weaknesses have another approver, a reason and an end (CC3.2, CC9.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.vulnerability.v1 import Vulnerability

FACT = Vulnerability
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"longest_days": 180}


def judge(fact: Vulnerability, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one accepted finding; others are not spoken of."""
    if fact.state is None:
        return no_data("the state of the finding is not known")
    if fact.state != "accepted":
        return not_applicable("is not accepted")
    if fact.accepted_by == "":
        return failed("accepted by nobody who is named")
    if fact.accepted_by is not None and fact.owner and fact.accepted_by.strip().casefold() == fact.owner.strip().casefold():
        return failed(f"accepted by its own owner, {fact.owner}")
    if fact.accepted_reason == "":
        return failed("accepted without a reason")
    if fact.accepted_until == "":
        return failed("accepted without an end")
    if fact.accepted_until is not None:
        end = instants.from_text(fact.accepted_until)
        if now >= end:
            return failed(f"the acceptance ended on {day(end)}")
        if fact.accepted_on and end > after(fact.accepted_on, days=int(parameters["longest_days"])):  # type: ignore[call-overload]
            return failed(f"accepted from {day(fact.accepted_on)} until {day(end)}, longer than {parameters['longest_days']} days")
    unknown = [name for name in ("owner", "accepted_by", "accepted_reason", "accepted_on", "accepted_until") if getattr(fact, name) is None]
    if unknown:
        return no_data(f"not known: {', '.join(unknown)}")
    return passed(f"accepted by {fact.accepted_by} until {day(end)}: {fact.accepted_reason}", end)
