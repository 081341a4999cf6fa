"""Real worker and web processes on a database of their own, for tests that kill and restart."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def process(environment: Mapping[str, str], log: Path, *command: str) -> Iterator[subprocess.Popen]:
    """`python command…` in a session of its own while the block runs; what it says goes to `log`."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_ADMIN_URL",)}
    with log.open("ab") as out:
        started = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env={**inherited, **environment}, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.terminate()
            try:
                started.wait(timeout=20)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait(timeout=10)


def worker(environment: Mapping[str, str], log: Path, *, pool: str = "solo"):
    """A Celery worker; `solo` runs every task in one and the same process."""
    options = ("--pool", pool, "--concurrency", "1", "--loglevel", "INFO", "--without-mingle", "--without-gossip", "--without-heartbeat")
    return process(environment, log, "-m", "celery", "-A", "compliance", "worker", *options)


def await_until(true: Callable[[], object], seconds: float, what: str) -> float:
    """Wait until `true()`; returns how long it took. Fails the test with `what` after `seconds`."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if true():
            return time.monotonic() - began
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come true within {seconds} s")
