"""An event loop in a thread of its own, for an SDK that speaks async only.

Whoever calls may have no loop (a worker), or one that runs (a browser test, a server): `run` works from both, and from several
threads at once. The thread is made when the run begins, after a worker has forked, and ends with it.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")
ENDING_SECONDS = 10.0


class LoopThread:
    """Runs coroutines until `close`."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._main, name="okta-loop", daemon=True)
        self._thread.start()
        self._ready.wait()

    def _main(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._stop.wait()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The coroutine's result, or its exception. Blocks the calling thread only. Raises RuntimeError after `close`."""
        if self._loop is None or not self._thread.is_alive():
            work.close()
            raise RuntimeError("the loop is closed")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """End loop and thread. Calling it again does nothing."""
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(ENDING_SECONDS)
