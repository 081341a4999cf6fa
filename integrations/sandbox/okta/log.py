"""What was asked of the twin: for assertions on calls, paging, conditional requests and the absence of writes."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One request. `operation` is Okta's name of the route (empty when none fits)."""

    method: str
    path: str
    query: dict[str, str]
    operation: str
    status: int
    caller: str
    faults: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def describe(self) -> dict[str, Any]:
        """For the control address; no credential is in it."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "operation": self.operation,
            "status": self.status,
            "caller": self.caller,
            "faults": list(self.faults),
        }


class RequestLog:
    """Entries in order of arrival. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []

    @property
    def entries(self) -> list[Entry]:
        """A copy."""
        with self._lock:
            return list(self._entries)

    def add(self, entry: Entry) -> None:
        """Note one."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._entries.clear()

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def of(self, operation: str) -> list[Entry]:
        """Those of one operation, e.g. `/api/v1/users`."""
        return [each for each in self.entries if each.operation == operation]

    def writes(self) -> list[Entry]:
        """Requests that could have changed something: all but GET, HEAD and the request for a token."""
        return [each for each in self.entries if each.method not in ("GET", "HEAD") and each.path != "/oauth2/v1/token"]
