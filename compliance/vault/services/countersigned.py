"""Keeping what others say about checkpoints: time stamps and cosignatures. Both are verified before they come here."""

from datetime import datetime

from compliance.seal.cosignature import Cosigned
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.models import Cosignature, Timestamp


def keep_timestamp(*, size: int, authority: str, response: bytes, at: datetime) -> None:
    """Keep the authority's answer beside the checkpoint of `size` leaves. One that is there already stays; the second is dropped."""
    with action(ActionName.LOG_TIMESTAMPED, actor=SYSTEM, detail={"size": size, "authority": authority[:300]}):
        Timestamp.objects.bulk_create([Timestamp(size=size, authority=authority[:300], response=response, at=at)], ignore_conflicts=True)


def keep_cosignature(*, size: int, witness: str, cosigned: Cosigned) -> None:
    """Keep a witness' line beside the checkpoint of `size` leaves. One that is there already stays; the second is dropped."""
    with action(ActionName.LOG_COSIGNED, actor=SYSTEM, detail={"size": size, "witness": witness[:200]}):
        line = Cosignature(size=size, witness=witness[:200], line=cosigned.line, at=cosigned.at)
        Cosignature.objects.bulk_create([line], ignore_conflicts=True)
