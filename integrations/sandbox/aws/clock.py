"""The sandbox's time: real, or set by whoever replays a history.

moto asks `moto.core.utils.utcnow` in the module that imported it, so every loaded moto module gets the sandbox's clock while
it runs. STS keeps real time: SDKs compare the expiry of temporary credentials with the machine's clock.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import moto.backends
from moto.core import utils as moto_utils

_REAL = moto_utils.utcnow
_KEEPS_REAL_TIME = ("moto.sts",)


class Clock:
    """A clock that is real until it is set. `now()` is aware, in UTC."""

    def __init__(self, source: Callable[[], datetime] | None = None) -> None:
        self._source = source
        self._fixed: datetime | None = None

    def now(self) -> datetime:
        """The instant the sandbox believes in."""
        if self._fixed is not None:
            return self._fixed
        return (self._source() if self._source else datetime.now(UTC)).astimezone(UTC)

    def set(self, instant: datetime | None) -> None:
        """Stop at `instant` (aware), or run really again with None."""
        if instant is not None and instant.tzinfo is None:
            raise ValueError("the sandbox's clock needs an instant with a zone, for example 2026-03-01T00:00:00+00:00")
        self._fixed = instant.astimezone(UTC) if instant else None


@contextmanager
def governing(clock: Clock) -> Iterator[None]:
    """moto lives by `clock` inside the block. Modules of moto that are loaded inside it are caught as well."""

    def utcnow() -> datetime:
        return clock.now().replace(tzinfo=None)

    _replace(_REAL, utcnow)
    try:
        yield
    finally:
        _replace(utcnow, _REAL)


def _replace(old: Callable[[], datetime], new: Callable[[], datetime]) -> None:
    for name, module in list(sys.modules.items()):
        if not name.startswith("moto.") or name.startswith(_KEEPS_REAL_TIME):
            continue
        if getattr(module, "utcnow", None) is old:
            module.utcnow = new  # type: ignore[attr-defined]


def load(services: tuple[str, ...]) -> None:
    """Load moto's backends of `services`, so that their modules follow the clock from the first request."""
    for service in services:
        moto.backends.get_backend(service)  # type: ignore[call-overload]
