"""Assets in scope were scanned lately; unscanned is a failure, not an absence (CC7.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.scanned_asset.v1 import ScannedAsset

FACT = ScannedAsset
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"host_days": 7, "image_days": 7, "repository_days": 1}


def judge(fact: ScannedAsset, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one asset by its last successful scan."""
    if fact.in_scope is False:
        return not_applicable("is not in scope")
    if fact.last_scanned == "":
        return failed("was never scanned") if fact.in_scope else no_data("was never scanned; whether it is in scope is not known")
    if fact.in_scope is None:
        return no_data("whether it is in scope is not known")
    if fact.last_scanned is None:
        return no_data("when it was last scanned is not known")
    limit = parameters.get(f"{fact.asset}_days")
    if limit is None:
        return no_data(f"there is no limit for assets of the form {fact.asset or 'unknown'}")
    end = after(fact.last_scanned, days=int(limit))  # type: ignore[call-overload]
    said = f"{fact.asset} last scanned on {day(fact.last_scanned)}, due again by {day(end)}"
    return failed(said) if now >= end else passed(said, end)
