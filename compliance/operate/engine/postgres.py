"""Embedded PostgreSQL: one cluster under ``VAR_DIR/postgres``, reached over a Unix socket or loopback, never the network.

Three roles: ``postgres`` (superuser, used here only to create the other two), ``plumbline_owner`` (owns the database, runs
migrations) and ``plumbline_app`` (the web and the workers: owns nothing, bound by row-level security).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql

from compliance.configuration import APPLICATION_ROLE, DATABASE_NAME, OWNER_ROLE, POSTGRES_SOCKET, fits_socket, read_port, stored_secret
from compliance.operate.engine.account import Account
from compliance.operate.engine.binaries import postgres_folder, version_of
from compliance.operate.engine.errors import EngineError
from compliance.operate.engine.ports import LOOPBACK, free_port, is_free
from compliance.operate.engine.program import Program

SUPERUSER = "postgres"
SOCKET_PORT = 5432
SETTINGS = {
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "60",
    "max_wal_size": "1GB",
    "dynamic_shared_memory_type": "mmap",  # containers give 64 MB of /dev/shm, and a killed cluster leaves nothing there
    "max_parallel_workers_per_gather": "0",
    "shared_preload_libraries": "pg_stat_statements",
    "log_min_messages": "fatal",  # the LOG level sorts below fatal: start and stop need not be told; errors reach the client
    "log_min_error_statement": "panic",  # statements carry tenants' data
    "timezone": "UTC",
    "log_timezone": "UTC",
}
DISPOSABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_preload_libraries": "",
    "max_connections": "100",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster on disk. ``disposable`` trades safety for speed and is for tests only."""

    var_dir: Path
    account: Account | None = None
    disposable: bool = False

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.var_dir / "postgres"

    @property
    def run(self) -> Path:
        """The folder of the socket."""
        return self.var_dir / "run"

    @property
    def over_socket(self) -> bool:
        """Whether the socket's path is short enough; otherwise the cluster listens on a loopback port."""
        return fits_socket(self.run / POSTGRES_SOCKET)

    @property
    def host(self) -> str:
        """Host as libpq takes it: the folder of the socket, or loopback."""
        return str(self.run) if self.over_socket else LOOPBACK

    @property
    def port(self) -> int:
        """Port of the server; on a socket it is only part of the socket's name."""
        return SOCKET_PORT if self.over_socket else read_port(self.run / "postgres.port") or SOCKET_PORT

    def prepare(self) -> Program:
        """Create the cluster on first use, and say how to run it.

        Raises :class:`EngineError` where the folder is out of reach of the server's user, belongs to another major version
        or is in use by a server that is still running.
        """
        folder = postgres_folder(self.account)
        self._make_folders()
        if not self.data.exists():
            self._initialise(folder)
        self._check_version(folder)
        self._clear_stale_pid()
        if not self.over_socket:
            self._choose_port()
        settings = SETTINGS | (DISPOSABLE if self.disposable else {})
        listening = {
            "unix_socket_directories": str(self.run) if self.over_socket else "",
            "listen_addresses": "" if self.over_socket else LOOPBACK,
            "port": str(self.port),
        }
        options = [part for name, value in (settings | listening).items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            command=(str(folder / "postgres"), "-D", str(self.data), *options),
            environment=_plain_environment(),
            folder=self.data,
            account=self.account,
            stop_signal=signal.SIGINT,  # fast shutdown; SIGTERM would wait for open sessions for ever
            orphan_signal=signal.SIGINT,
            stop_seconds=60,
            ready=lambda: _is_ready(folder, self.host, self.port),
            ready_seconds=600,  # crash recovery of a large cluster takes its time
            on_console=False,
        )

    def create_roles_and_database(self) -> None:
        """Bring roles and database into their proper state; safe to repeat at every start.

        Raises :class:`EngineError` where the stored superuser password does not open the cluster.
        """
        try:
            connection = psycopg2.connect(
                host=self.host,
                port=self.port,
                user=SUPERUSER,
                password=stored_secret(self.var_dir, "postgres_superuser"),
                dbname="postgres",
            )
        except psycopg2.OperationalError as error:
            raise EngineError(
                f"The embedded PostgreSQL refuses its own password: restore {self.var_dir / 'secrets'} "
                f"from the backup that goes with {self.data}."
            ) from error
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                self._create_roles(cursor)
                self._create_database(cursor)
        finally:
            connection.close()

    def _create_roles(self, cursor) -> None:
        # CREATEDB lets the test runner create its databases as the owner; the application role gets nothing at all.
        for role, rights in ((OWNER_ROLE, "CREATEDB"), (APPLICATION_ROLE, "NOCREATEDB")):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
            statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION {} PASSWORD %s")
            cursor.execute(statement.format(verb, sql.Identifier(role), sql.SQL(rights)), [stored_secret(self.var_dir, role)])
        application = sql.Identifier(APPLICATION_ROLE)
        cursor.execute(sql.SQL("ALTER ROLE {} SET random_page_cost = 1.1").format(application))
        cursor.execute(sql.SQL("ALTER ROLE {} SET jit = off").format(application))

    def _create_database(self, cursor) -> None:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE_NAME), sql.Identifier(OWNER_ROLE)))
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE_NAME)))
        cursor.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(sql.Identifier(DATABASE_NAME), sql.Identifier(APPLICATION_ROLE))
        )

    def _make_folders(self) -> None:
        self.run.mkdir(parents=True, exist_ok=True)
        self.run.chmod(0o700)
        if self.account is None:
            return
        blocking = self.account.blocking_folder(self.data)
        if blocking is not None:
            raise EngineError(
                f"The database server runs as the user {self.account.name}, who may not pass {blocking}: "
                f"run `chmod o+x {blocking}`, or set VAR_DIR to a folder that is open."
            )
        self.account.own(self.run)

    def _initialise(self, folder: Path) -> None:
        draft = self.var_dir / "postgres.new"  # renamed when complete, so an interrupted creation is never taken for a cluster
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = self.run / "initdb-password"
        password.touch(mode=0o600)
        password.write_text(stored_secret(self.var_dir, "postgres_superuser"))
        user = {}
        if self.account:
            self.account.own(draft)
            os.chown(password, self.account.uid, self.account.gid)
            user = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        command = [folder / "initdb", "-D", draft, "-U", SUPERUSER, "--pwfile", password, "--auth=scram-sha-256", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--no-instructions"]
        command += ["--no-sync"] if self.disposable else []
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, cwd=draft, env=_plain_environment(), timeout=120, check=False, **user
            )
        finally:
            password.unlink()
        if done.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise EngineError(f"The embedded PostgreSQL could not be created in {self.data}: {_last_line(done.stderr or done.stdout)}")
        draft.rename(self.data)

    def _check_version(self, folder: Path) -> None:
        stored = int((self.data / "PG_VERSION").read_text().strip())
        running = version_of(folder / "postgres")
        if stored != running:
            raise EngineError(
                f"The data in {self.data} was written by PostgreSQL {stored} and the programs found are version {running}: "
                f"install version {stored}, or move the data with pg_dump."
            )

    def _clear_stale_pid(self) -> None:
        """Remove a pid file whose number now belongs to a process that is not our server.

        PostgreSQL itself deals with pids of nobody and of other users; of its own user it takes any process for a server.
        """
        file = self.data / "postmaster.pid"
        try:
            pid = int(file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        command = Path(f"/proc/{pid}/cmdline")
        if not command.parent.exists():
            return
        if str(self.data) in command.read_bytes().decode(errors="replace").split("\0"):
            raise EngineError(f"A database server still runs on {self.data} (process {pid}): run `make stop`, or `kill -INT {pid}`.")
        file.unlink()

    def _choose_port(self) -> None:
        file = self.run / "postgres.port"
        kept = read_port(file)
        if kept is None or not is_free(kept):
            file.write_text(f"{free_port()}\n")


def _is_ready(folder: Path, host: str, port: int) -> bool:
    # pg_isready asks without logging in; a plain connection would leave a FATAL line in the log at every try
    asked = [folder / "pg_isready", "-q", "-h", host, "-p", str(port), "-t", "2"]
    return subprocess.run(asked, env=_plain_environment(), stderr=subprocess.DEVNULL, check=False).returncode == 0


def _plain_environment() -> dict[str, str]:
    """Nothing of ours: the server must not see secrets, nor PG* variables that would redirect it."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
