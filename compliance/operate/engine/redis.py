"""Embedded Redis: one server under ``VAR_DIR/redis``, reached over a Unix socket or loopback, kept by an append-only file."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from compliance.configuration import embedded_redis_url, fits_socket, read_port, stored_secret
from compliance.operate.engine.account import Account
from compliance.operate.engine.binaries import redis_program
from compliance.operate.engine.ports import LOOPBACK, free_port, is_free
from compliance.operate.engine.program import Program


@dataclass(frozen=True, slots=True)
class Store:
    """A Redis on disk. ``disposable`` keeps nothing and is for tests only."""

    var_dir: Path
    account: Account | None = None
    disposable: bool = False

    @property
    def data(self) -> Path:
        """The folder of the append-only file."""
        return self.var_dir / "redis"

    @property
    def socket(self) -> Path:
        """The Unix socket, used where its path is short enough."""
        return self.var_dir / "run" / "redis.sock"

    def prepare(self) -> Program:
        """Write the configuration and say how to run it. Raises :class:`EngineError` where there is no redis-server."""
        binary = redis_program(self.account)
        for folder in (self.data, self.socket.parent):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        configuration = self.data / "redis.conf"
        configuration.touch(mode=0o600)  # it may hold the password, which would be visible on a command line
        configuration.write_text("\n".join(self._lines()) + "\n")
        if self.account:
            self.account.own(self.data, self.socket.parent)
            os.chown(configuration, self.account.uid, self.account.gid)
        return Program(
            name="redis",
            command=(str(binary), str(configuration)),
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            folder=self.data,
            account=self.account,
            stop_signal=signal.SIGTERM,
            stop_seconds=20,
            ready=lambda: _is_ready(embedded_redis_url(self.var_dir)),
            on_console=False,
        )

    def _lines(self) -> list[str]:
        lines = ["daemonize no", "databases 16", f'dir "{self.data}"', 'save ""', "loglevel warning", "maxmemory-policy noeviction"]
        lines += ["appendonly no"] if self.disposable else ["appendonly yes", "appendfsync everysec"]
        if fits_socket(self.socket):
            return [*lines, "port 0", f'unixsocket "{self.socket}"', "unixsocketperm 700"]
        return [*lines, f"bind {LOOPBACK}", f"port {self._choose_port()}", f"requirepass {stored_secret(self.var_dir, 'redis')}"]

    def _choose_port(self) -> int:
        file = self.socket.parent / "redis.port"
        kept = read_port(file)
        if kept is None or not is_free(kept):
            file.write_text(f"{free_port()}\n")
        return read_port(file) or 6379


def _is_ready(url: str) -> bool:
    client = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        return bool(client.ping())  # refused with an error while the append-only file is still being read
    except RedisError:
        return False
    finally:
        client.close()
