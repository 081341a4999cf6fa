"""The clock of a twin: every instant it writes, every quota window and every expiry follows it, never the machine's."""

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Stands still until told (`Clock(instant)`), or follows the machine's clock with an offset (`Clock()`). Thread-safe."""

    def __init__(self, start: datetime | None = None) -> None:
        """`start` must be aware; None follows the machine. Raises ValueError for a naive instant."""
        self._lock = threading.Lock()
        self._offset = timedelta()
        self._standing: datetime | None = None
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        """The twin's instant, aware, UTC."""
        with self._lock:
            return self._standing if self._standing is not None else datetime.now(UTC) + self._offset

    __call__ = now

    def set(self, instant: datetime) -> None:
        """Stand still at `instant`. Raises ValueError for a naive one."""
        if instant.tzinfo is None:
            raise ValueError("the clock needs an aware instant")
        with self._lock:
            self._standing = instant.astimezone(UTC)

    def advance(self, span: timedelta | None = None, **parts: float) -> datetime:
        """Move on by `span` or by timedelta's keywords (hours=2); returns the new instant."""
        step = span if span is not None else timedelta(**parts)
        with self._lock:
            if self._standing is not None:
                self._standing += step
            else:
                self._offset += step
        return self.now()

    def follow_machine(self) -> None:
        """Follow the machine's clock from now on."""
        with self._lock:
            self._standing = None
            self._offset = timedelta()
