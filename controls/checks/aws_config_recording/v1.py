"""AWS Config records everything in every region (CC7.1, CC8.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.change_recorder.v1 import ChangeRecorder

FACT = ChangeRecorder
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: ChangeRecorder, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one region by its recorder."""
    if not fact.exists:
        return failed("no recorder is set up")
    lacking = []
    if fact.recording is False:
        lacking.append("the recorder is switched off")
    if fact.everything is False:
        lacking.append("it leaves out types of resources")
    if fact.last_status == "FAILURE":
        lacking.append("its last delivery failed")
    if lacking:
        return failed("; ".join(lacking))
    if fact.recording is None or fact.everything is None or fact.last_status is None:
        return no_data("the recorder's state was not observed")
    if fact.last_status != "SUCCESS":
        return no_data(f"the recorder has not delivered yet ({fact.last_status.lower() or 'no status'})")
    return passed("records all types of resources")
