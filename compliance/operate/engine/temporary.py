"""Servers for one test session: an own PostgreSQL and Redis in an own temporary folder, gone afterwards whatever happens.

A keeper process runs them. It ends them and removes the folder as soon as its standard input closes, which the kernel does
even when the session is killed with -9.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from compliance.configuration import CHECKOUT, Configuration
from compliance.operate.engine.account import service_account
from compliance.operate.engine.errors import EngineError
from compliance.operate.engine.postgres import Cluster
from compliance.operate.engine.redis import Store
from compliance.operate.engine.supervisor import Supervisor

START_SECONDS = 60


class TemporaryServers:
    """Running servers; ``environment`` holds every setting needed to use them, the owner's login included."""

    def __init__(self, keeper: subprocess.Popen[str], environment: Mapping[str, str]) -> None:
        self._keeper = keeper
        self.environment = dict(environment)

    @property
    def var_dir(self) -> Path:
        """The temporary folder."""
        return Path(self.environment["VAR_DIR"])

    @property
    def keeper_pid(self) -> int:
        """Process that runs the servers."""
        return self._keeper.pid

    def stop(self) -> None:
        """End the servers and remove their folder; returns when both are done."""
        if self._keeper.stdin and not self._keeper.stdin.closed:
            self._keeper.stdin.close()
        self._keeper.wait(timeout=60)
        if self._keeper.stdout:
            self._keeper.stdout.close()
        if "VAR_DIR" in self.environment:
            shutil.rmtree(self.var_dir, ignore_errors=True)  # left where the keeper itself was killed


def start_temporary_servers(*, durable: bool = False) -> TemporaryServers:
    """Start PostgreSQL and Redis in a fresh temporary folder (about 0.7 s). ``durable`` keeps fsync on.

    Raises :class:`EngineError` where they cannot be started.
    """
    keeper = subprocess.Popen(
        [sys.executable, "-m", "compliance.operate.engine.temporary", *(["--durable"] if durable else [])],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C goes to the session; the keeper ends in its own order afterwards
        text=True,
    )
    answer = keeper.stdout.readline() if keeper.stdout else ""
    told = json.loads(answer) if answer else {"error": "The keeper of the temporary servers ended without an answer."}
    servers = TemporaryServers(keeper, told.get("environment", {}))
    if "error" in told:
        servers.stop()
        raise EngineError(told["error"])
    return servers


@contextmanager
def temporary_servers(*, durable: bool = False) -> Iterator[Mapping[str, str]]:
    """The environment of servers that live as long as the block."""
    servers = start_temporary_servers(durable=durable)
    try:
        yield servers.environment
    finally:
        servers.stop()


def _keep(*, durable: bool) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    folder = Path(tempfile.mkdtemp(prefix="plumbline-"))
    folder.chmod(0o711)  # the servers' user must be able to pass
    try:
        account = service_account()
        cluster, store = Cluster(folder, account, disposable=not durable), Store(folder, account, disposable=not durable)
        with Supervisor(folder / "log", folder / "processes.json", quiet=True) as supervisor:
            try:
                supervisor.start(cluster.prepare())
                cluster.create_roles_and_database()
                supervisor.start(store.prepare())
            except EngineError as error:
                _answer({"error": str(error)})
                return 1
            configuration = Configuration.from_environment({"VAR_DIR": str(folder), "SECRET_KEYS": secrets.token_hex(32)})
            _answer({"environment": configuration.environment(owner=True)})
            _watch_input(supervisor)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _watch_input(supervisor: Supervisor) -> None:
    supervisor.watch(sys.stdin.fileno(), supervisor.request_stop)
    supervisor.run()


def _answer(content: Mapping[str, object]) -> None:
    print(json.dumps(content), flush=True)
    os.close(sys.stdout.fileno())  # nobody reads on; a full pipe must not stop us


if __name__ == "__main__":
    sys.exit(_keep(durable="--durable" in sys.argv[1:]))
