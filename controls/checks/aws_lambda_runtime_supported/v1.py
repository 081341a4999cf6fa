"""The runtime is not deprecated (CC7.1)."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from controls.checks.shared.ages import start_of
from controls.checks.shared.tables import read_lifetimes
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.function.v1 import Function

FACT = Function
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
TABLE = read_lifetimes(Path(__file__).parent / "runtimes_v1.yaml")


def judge(fact: Function, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """The runtime's deprecation date, from the table beside this check, has not come."""
    if fact.package == "Image":
        return not_applicable("a container image, which brings its own runtime")
    if not fact.runtime:
        return no_data("its runtime was not observed")
    if fact.runtime not in TABLE.ends:
        return no_data(f"the runtime {fact.runtime} is not in the table of {TABLE.copied}")
    last = TABLE.ends[fact.runtime]
    end = start_of(last) if last else None
    if end is not None and now >= end:
        return failed(f"{fact.runtime} is deprecated since {last}")
    return passed(f"{fact.runtime} is supported{f' until {last}' if last else ''}", end)
