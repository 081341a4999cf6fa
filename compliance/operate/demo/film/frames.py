"""Frames of a film: at which second after the start what was read of one vendor, as differences to what was known before.

Instants and days inside facts are kept as they were when the film was shot and moved by whole weeks when it is shown, so that
weekdays stay what they were. A frame keeps only changed fields of known subjects.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

REELS = Path(__file__).resolve().parent / "reels"
SHOT_FROM = datetime(2025, 11, 17, tzinfo=UTC)  # a Monday
WEEK = timedelta(days=7)
HISTORY = timedelta(days=365)  # at least so long ago does a demo's past begin
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(slots=True)
class StreamFrame:
    """One stream of a frame. `new`: payloads of subjects that were not known; `changed`: by subject the fields that differ; `gone`: who
    is no longer there; `dated`: subjects whose time of observation the vendor states. Faults as in `evidence.readings.FaultSeen`."""

    kind: str
    mode: str
    complete: bool
    completeness: str
    version: int
    expected: int | None = None
    faults: list[list[str]] = field(default_factory=list)
    skips: list[list[str]] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    cursor: dict[str, str] | None = None
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    @property
    def says_nothing(self) -> bool:
        """Whether nothing was new, changed or gone."""
        return not (self.new or self.changed or self.gone)


@dataclass(slots=True)
class Frame:
    """What one look at one vendor showed. `scheduled`: the daily look; otherwise an event asked for it. `fault`: kind and words of what
    kept the whole look from happening."""

    second: int
    scheduled: bool
    title: str = ""
    fault: list[str] = field(default_factory=list)
    streams: list[StreamFrame] = field(default_factory=list)


def write_reel(vendor: str, frames: Sequence[Frame]) -> Path:
    """Store the frames of one vendor; the same frames give the same bytes."""
    REELS.mkdir(exist_ok=True)
    lines = "".join(json.dumps(_lean(asdict(frame)), sort_keys=True, separators=(",", ":")) + "\n" for frame in frames)
    path = REELS / f"{vendor}.jsonl.gz"
    path.write_bytes(gzip.compress(lines.encode(), compresslevel=9, mtime=0))
    return path


def read_reel(vendor: str, start: datetime) -> Iterator[Frame]:
    """The vendor's frames in order of time, moved so that the film begins at `start`. Raises ValueError when that is not a whole number
    of weeks away, FileNotFoundError when no film of that vendor exists."""
    shift = start - SHOT_FROM
    if shift % WEEK:
        raise ValueError(f"a demo must begin a whole number of weeks from {SHOT_FROM:%Y-%m-%d %H:%M} UTC, not at {start.isoformat()}")
    for line in gzip.decompress((REELS / f"{vendor}.jsonl.gz").read_bytes()).decode().splitlines():
        row = _moved(json.loads(line), shift)
        streams = [StreamFrame(**stream) for stream in row.pop("streams", ())]
        yield Frame(**row, streams=streams)


def beginning_before(instant: datetime) -> datetime:
    """The latest instant not after `instant` at which a film may begin."""
    return SHOT_FROM + (instant - SHOT_FROM) // WEEK * WEEK


def _lean(row: Mapping[str, Any]) -> dict[str, Any]:
    lean = {name: value for name, value in row.items() if value not in (None, [], {}, "")}
    if "streams" in lean:
        lean["streams"] = [_lean(stream) for stream in lean["streams"]]
    return lean


def _moved(value: Any, shift: timedelta) -> Any:
    if isinstance(value, str):
        if _INSTANT.fullmatch(value):
            return (datetime.fromisoformat(value) + shift).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (date.fromisoformat(value) + shift).isoformat() if _DAY.fullmatch(value) else value
    if isinstance(value, list):
        return [_moved(each, shift) for each in value]
    if isinstance(value, dict):
        return {name: _moved(each, shift) for name, each in value.items()}
    return value
