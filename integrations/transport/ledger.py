"""The request ledger of a run: every call made, with what proves completeness. Thread-safe; holds no secrets."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request and its answer. `parameters` never hold secrets; `total` is the vendor's own count where it gives one;
    `page` counts from 1; `more` says whether the vendor offered a further page; times are UTC, `vendor_time` by its clock."""

    operation: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    partition: str = ""
    page: int = 1
    rows: int | None = None
    total: int | None = None
    more: bool = False
    status: int = 0
    started_at: datetime
    finished_at: datetime
    vendor_time: datetime | None = None
    request_id: str = ""
    sha256: str = ""
    size: int = 0
    quota_limit: int | None = None
    quota_remaining: int | None = None
    fault: str = ""
    not_modified: bool = False


class Ledger:
    """Collects calls in the order they finished. `on_call` is told of each (live progress)."""

    def __init__(self, on_call=None) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()
        self._on_call = on_call

    def add(self, call: Call) -> None:
        """Append one call."""
        with self._lock:
            self._calls.append(call)
        if self._on_call is not None:
            self._on_call(call)

    def calls(self) -> tuple[Call, ...]:
        """Everything so far."""
        with self._lock:
            return tuple(self._calls)

    def __len__(self) -> int:
        return len(self._calls)
