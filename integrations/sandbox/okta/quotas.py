"""Okta's rate limits by the twin's clock: one window of a minute per bucket, shared by the whole organization."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.sandbox.okta.state import State

WINDOW = timedelta(minutes=1)


@dataclass
class Window:
    """The organization's use of one bucket until `ends`."""

    limit: int
    ends: datetime
    used: int = 0

    @property
    def remaining(self) -> int:
        """What is left."""
        return max(self.limit - self.used, 0)


class Quotas:
    """All windows."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._windows: dict[str, Window] = {}

    def window(self, bucket: str) -> Window:
        """The running window; a limit changed in the state counts at once."""
        now = self._state.clock.now()
        limit = self._state.limits.get(bucket, self._state.limits["default"])
        window = self._windows.get(bucket)
        if window is None or now >= window.ends:
            window = self._windows[bucket] = Window(limit, now + WINDOW)
        window.limit = limit
        return window

    def headers(self, bucket: str) -> dict[str, str]:
        """x-rate-limit-* as Okta sends them."""
        window = self.window(bucket)
        return {
            "x-rate-limit-limit": str(window.limit),
            "x-rate-limit-remaining": str(window.remaining),
            "x-rate-limit-reset": str(int(window.ends.timestamp())),
        }
