"""What a connector is given for one run: clock, settings, secrets, ledger, spool, quota, and where to report faults.

There is no database here and no transaction is open while a connector reads: the runner records afterwards.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from integrations.errors import Cancelled, Fault
from integrations.transport.ledger import Ledger
from integrations.transport.quota import MemoryQuota, Quota
from integrations.transport.spool import Spool


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _never() -> bool:
    return False


@dataclass(kw_only=True)
class Context:
    """One run's surroundings. `settings` are the connection's plain fields, `secrets` its decrypted ones (never log them);
    `allow` lists hosts or networks outside the public internet that the operator lets connectors reach;
    `kinds` are all fact kinds this run will read (so that shared calls fetch what is needed at once and nothing else);
    `since` is where incremental streams start when they have no cursor (the period's start); `renew` takes the access token that was
    refused ("" for the first) and gives the secrets that hold now, refreshed and stored before use; None where nothing is refreshed."""

    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    kinds: frozenset[str]
    spool: Spool
    ledger: Ledger = field(default_factory=Ledger)
    quota: Quota = field(default_factory=MemoryQuota)
    allow: tuple[str, ...] = ()
    clock: Callable[[], datetime] = _utc_now
    since: datetime | None = None
    cursors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    is_cancelled: Callable[[], bool] = _never
    renew: Callable[[str], Mapping[str, str]] | None = None
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)  # targeted re-read: kind -> subjects named by an event

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: dict[str, list[Fault]] = {}
        self._skips: dict[str, list[tuple[str, str]]] = {}
        self._totals: dict[str, int] = {}
        self._completeness: dict[str, str] = {}
        self._advanced: dict[str, Mapping[str, str]] = {}

    def now(self) -> datetime:
        """Our clock, aware, UTC."""
        return self.clock()

    def check_cancelled(self) -> None:
        """Call between pages. Raises Cancelled."""
        if self.is_cancelled():
            raise Cancelled("the run was cancelled")

    def fault(self, kind: str, fault: Fault) -> None:
        """Report a fault that does not end the stream: of one field (the value stays None; give `operation`) or of one
        partition (give `partition`; the stream counts as partial)."""
        with self._lock:
            self._faults.setdefault(kind, []).append(fault)

    def skip(self, kind: str, partition: str, reason: str) -> None:
        """A partition left out by the owner's own policy (a region refused by a service control policy): recorded, shown,
        and no reason to call the stream partial."""
        with self._lock:
            self._skips.setdefault(kind, []).append((partition, reason))

    def expect(self, kind: str, total: int) -> None:
        """The vendor's own total for the kind; a stream that received another number is not complete."""
        with self._lock:
            self._totals[kind] = total

    def achieved(self, kind: str, completeness: str) -> None:
        """The class really reached in this run when it differs from the stream's declared one."""
        with self._lock:
            self._completeness[kind] = completeness

    def cursor(self, kind: str) -> Mapping[str, str]:
        """Where the last complete run of an incremental stream ended; empty at the first."""
        return self.cursors.get(kind, {})

    def advance(self, kind: str, cursor: Mapping[str, str]) -> None:
        """Where the next run may start. Kept only if the stream ends without fault."""
        with self._lock:
            self._advanced[kind] = dict(cursor)

    def faults(self, kind: str) -> tuple[Fault, ...]:
        """Faults reported for a kind so far."""
        with self._lock:
            return tuple(self._faults.get(kind, ()))

    def skips(self, kind: str) -> tuple[tuple[str, str], ...]:
        """(partition, reason) left out so far."""
        with self._lock:
            return tuple(self._skips.get(kind, ()))

    def total(self, kind: str) -> int | None:
        """The vendor's own total, where one was given."""
        return self._totals.get(kind)

    def completeness(self, kind: str) -> str | None:
        """The class reached, where it was stated."""
        return self._completeness.get(kind)

    def advanced(self, kind: str) -> Mapping[str, str] | None:
        """The new cursor, where one was given."""
        return self._advanced.get(kind)
