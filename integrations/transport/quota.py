"""Sharing a vendor's quota politely: a run may use a share of what the vendor grants, because the same bucket serves
the customer's own production."""

import threading
from datetime import datetime
from typing import Protocol

from integrations.errors import QuotaShareReached

DEFAULT_SHARE = 0.5


class Quota(Protocol):
    """A share of each vendor bucket."""

    def spend(self, bucket: str, cost: int = 1) -> None:
        """Account for a call about to be made. Raises QuotaShareReached when the share is used up until a known instant."""
        ...

    def learn(self, bucket: str, *, limit: int, remaining: int, resets_at: datetime) -> None:
        """What the vendor said about the bucket in its answer."""
        ...


class MemoryQuota:
    """For one process: enforces the share from what the vendor last said. Thread-safe."""

    def __init__(self, share: float = DEFAULT_SHARE) -> None:
        self._share = share
        self._lock = threading.Lock()
        self._state: dict[str, tuple[int, int, datetime]] = {}

    def spend(self, bucket: str, cost: int = 1) -> None:
        """See Quota."""
        with self._lock:
            if bucket not in self._state:
                return
            limit, remaining, resets_at = self._state[bucket]
            if remaining - cost < limit * (1 - self._share):
                raise QuotaShareReached(
                    f"{limit - remaining} of {limit} calls of {bucket} are used; our share is {self._share:.0%}", retry_at=resets_at
                )
            self._state[bucket] = (limit, remaining - cost, resets_at)

    def learn(self, bucket: str, *, limit: int, remaining: int, resets_at: datetime) -> None:
        """See Quota."""
        with self._lock:
            self._state[bucket] = (limit, remaining, resets_at)
