"""No disk snapshot may be used by everyone (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.volume_snapshot.v1 import VolumeSnapshot

FACT = VolumeSnapshot
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: VolumeSnapshot, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """No create-volume permission for the group `all`."""
    if fact.public is None:
        return no_data("who may use it was not observed")
    return failed("anyone may make a disk from it") if fact.public else passed("is not public")
