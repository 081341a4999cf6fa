"""GitHub's primary rate limits by the twin's clock: one window per caller and resource, an hour long (a minute for search)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.sandbox.github.state import State

WINDOWS = {"search": timedelta(minutes=1)}
ANONYMOUS_LIMIT = 60


@dataclass
class Window:
    """One caller's use of one resource until `ends`."""

    limit: int
    ends: datetime
    used: int = 0

    @property
    def remaining(self) -> int:
        """What is left."""
        return max(self.limit - self.used, 0)

    @property
    def reset(self) -> int:
        """When it starts anew, in epoch seconds."""
        return int(self.ends.timestamp())


class Quotas:
    """All windows."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._windows: dict[tuple[str, str], Window] = {}

    def window(self, caller: str, resource: str) -> Window:
        """The running window; a limit changed in the state counts at once."""
        now = self._state.clock.now()
        limit = self._state.limits[resource] if caller != "anonymous" else min(ANONYMOUS_LIMIT, self._state.limits[resource])
        window = self._windows.get((caller, resource))
        if window is None or now >= window.ends:
            window = self._windows[caller, resource] = Window(limit, now + WINDOWS.get(resource, timedelta(hours=1)))
        window.limit = limit
        return window

    def headers(self, caller: str, resource: str) -> dict[str, str]:
        """x-ratelimit-* as GitHub sends them."""
        window = self.window(caller, resource)
        return {
            "x-ratelimit-limit": str(window.limit),
            "x-ratelimit-remaining": str(window.remaining),
            "x-ratelimit-reset": str(window.reset),
            "x-ratelimit-used": str(window.used),
            "x-ratelimit-resource": resource,
        }
