"""Specifications of processing are published and recent (PI1.1, CC2.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.processing_specification.v1 import ProcessingSpecification

FACT = ProcessingSpecification
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"days": 365}


def judge(fact: ProcessingSpecification, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one service's specification by its edition and age."""
    if fact.published == "":
        return failed("is not published")
    if fact.edition == "":
        return failed("the published text names no edition")
    if fact.published is None:
        return no_data("when it was published is not known")
    end = after(fact.published, days=int(parameters["days"]))  # type: ignore[call-overload]
    said = f"edition of {day(fact.published)}, to be renewed by {day(end)}"
    if now >= end:
        return failed(said)
    if fact.edition is None:
        return no_data("which edition is published is not known")
    return passed(said, end)
