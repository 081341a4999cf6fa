"""What a run hands over for one stream: plain data, so that evidence needs to know nothing of vendors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from evidence.facts.fact import Fact


@dataclass(frozen=True, slots=True)
class Observed:
    """One fact with the digests of the raw pages behind it; `observed_at` is the source's own time, where it gives one."""

    fact: Fact
    pages: tuple[str, ...] = ()
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """One fault of a stream, as stored."""

    kind: str
    detail: str
    operation: str = ""
    partition: str = ""


@dataclass(slots=True)
class Reading:
    """All that one run read of one stream. `complete`: read to the end, nothing failed; only then may absence mean gone and
    coverage grow. `staleness_seconds`: how long after an observation "met" may still be inferred. `as_before`: the source itself says that
    nothing differs from the last time it was read whole; the observations are counted and not compared."""

    vendor: str
    kind: str
    mode: str
    complete: bool
    completeness: str
    observations: Sequence[Observed] = ()
    expected: int | None = None
    faults: Sequence[FaultSeen] = ()
    skips: Sequence[tuple[str, str]] = ()
    cursor: Mapping[str, str] | None = None
    staleness_seconds: int = 3 * 3600
    only: frozenset[str] | None = None  # a targeted re-read: exactly these subjects were looked at
    denied: frozenset[str] = field(default_factory=frozenset)
    as_before: bool = False
    redactions: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by page: what was taken out before it was hashed, in words


@dataclass(frozen=True, slots=True)
class CallMade:
    """One request, as the ledger keeps it (see evidence.models.LedgerEntry)."""

    operation: str
    parameters: Mapping[str, object]
    partition: str
    page: int
    rows: int | None
    total: int | None
    more: bool
    status: int
    started_at: datetime
    finished_at: datetime
    vendor_time: datetime | None
    request_id: str
    sha256: str
    size: int
    quota_limit: int | None
    quota_remaining: int | None
    not_modified: bool
    fault: str
