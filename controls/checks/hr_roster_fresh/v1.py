"""The roster is a day old at most, and the number of active people is within a fifth of a week before (CC2.1, CC1.4)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from controls.checks.shared.workdays import end_of_day, is_day
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.roster.v1 import Roster

FACT = Roster
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"days": 1, "change_percent": 20, "known_days": []}


def judge(fact: Roster, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """The outcome turns when the latest reading is too old; until then the number of people decides."""
    if fact.active is None or not is_day(fact.read_day):
        return no_data("the roster was not read to the end")
    days = int(parameters["days"])  # type: ignore[call-overload]
    end = end_of_day(_later(fact.read_day, days), None)
    if now >= end:
        return failed(f"last read to the end on {fact.read_day}, more than {days} day{'' if days == 1 else 's'} before {end:%Y-%m-%d}")
    if fact.active == 0:
        return failed("nobody on the roster is active", end)
    if fact.active_before is None:
        return no_data(f"{fact.active} active people; there is no earlier reading to compare with")
    return _compared(fact, parameters, end)


def _compared(fact: Roster, parameters: Mapping[str, object], end: datetime) -> Judgement:
    before, now_active = int(fact.active_before or 0), int(fact.active or 0)
    said = f"{now_active} active people, {before} on {fact.before_day}"
    allowed = int(parameters["change_percent"])  # type: ignore[call-overload]
    known = {str(each) for each in parameters["known_days"]}  # type: ignore[attr-defined]
    if abs(now_active - before) * 100 > before * allowed and fact.before_day not in known:
        return failed(f"{said}; more than {allowed} % apart", end)
    return passed(said, end)


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
