"""What pages show while no worker has marked a stream that ran out: not observed, never green."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from controls.outcomes import ControlState
from controls.registry import definitions
from controls.selectors.controls import deciding_links
from controls.selectors.health import ControlRow, EpochPiece

REASON = "nothing has looked for longer than allowed"
_TURNS = (ControlState.MET.value, ControlState.WAIVED.value, ControlState.NO_OCCURRENCE.value)


def stale_since(stale: Mapping[tuple[str, str], datetime]) -> dict[uuid.UUID, datetime]:
    """Since when each control that a stale stream decides has not been observed."""
    blind = {
        each.id: min(turned)
        for each in definitions().values()
        if (turned := [at for (vendor, kind), at in stale.items() if kind in each.kinds and each.reads_from(vendor)])
    }
    since: dict[uuid.UUID, datetime] = {}
    for control_id, check_id in deciding_links(blind):
        since[control_id] = min(since.get(control_id, blind[check_id]), blind[check_id])
    return since


def overlay(rows: Sequence[ControlRow], since: Mapping[uuid.UUID, datetime]) -> list[ControlRow]:
    """The rows with every control turned into not observed that is not known to fail."""
    return [
        replace(row, state=ControlState.NOT_OBSERVED.value, reason=REASON, since=since[row.id])
        if row.id in since and row.state in _TURNS
        else row
        for row in rows
    ]


def cut(pieces: Sequence[EpochPiece], since: datetime | None) -> list[EpochPiece]:
    """Pieces of health that end where looking ended; what is known to fail goes on."""
    if since is None:
        return list(pieces)
    limit = since.timestamp()
    kept: list[EpochPiece] = []
    for start, end, state in pieces:
        if state not in _TURNS or end <= limit:
            kept.append((start, end, state))
            continue
        if start < limit:
            kept.append((start, limit, state))
        kept.append((max(start, limit), end, ControlState.NOT_OBSERVED.value))
    return kept
