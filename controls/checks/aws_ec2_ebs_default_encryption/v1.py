"""EBS encryption by default is on in the region (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.volume_default.v1 import VolumeDefault

FACT = VolumeDefault
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: VolumeDefault, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """EbsEncryptionByDefault of the region."""
    if fact.encrypted is None:
        return no_data("the region's default was not observed")
    return passed("new disks are encrypted") if fact.encrypted else failed("new disks are not encrypted unless somebody asks for it")
