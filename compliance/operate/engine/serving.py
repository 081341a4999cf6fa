"""Brings the whole product up in order and keeps it up: servers, schema, sandbox, mail sink, worker, beat, web."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from compliance.configuration import DEFAULT_PORT, Configuration
from compliance.operate.engine import programs
from compliance.operate.engine.account import service_account
from compliance.operate.engine.console import say
from compliance.operate.engine.demonstration import Demonstration
from compliance.operate.engine.errors import EngineError
from compliance.operate.engine.instance import Instance
from compliance.operate.engine.login import refuse_unbound_login
from compliance.operate.engine.ports import LOOPBACK, free_port, is_free
from compliance.operate.engine.postgres import Cluster
from compliance.operate.engine.redis import Store
from compliance.operate.engine.supervisor import Supervisor


def serve(configuration: Configuration, *, demo: bool) -> None:
    """Run everything until SIGINT or SIGTERM; with ``demo`` the vendor sandbox and the demo data too.

    Raises :class:`EngineError` where it runs already, a port is taken or a process does not start.
    """
    began = time.monotonic()
    instance = Instance(configuration.var_dir)
    with instance.held(), _supervised(configuration) as supervisor:
        configuration = _with_port(configuration)
        (configuration.var_dir / "static").mkdir(parents=True, exist_ok=True)  # the web server warns where it is missing
        start_servers(supervisor, configuration)
        refuse_unbound_login(configuration)
        demonstration = Demonstration.prepare(configuration.var_dir) if demo else None
        if demonstration is not None:
            configuration = demonstration.settings(configuration)
            supervisor.launch(demonstration.program(programs.environment_for(configuration)))
        migrate(supervisor, configuration)
        environment = programs.environment_for(configuration)
        if configuration.mail_directory is not None:
            supervisor.start(programs.mail_sink(environment, free_port()))
        if demonstration is None:
            _start_work(supervisor, configuration, environment)
        elif demonstration.needs_seed(configuration):
            say("preparing the demo data")
            supervisor.await_ready("sandbox", earlier=demonstration.has_answered)
            supervisor.step("seed", programs.manage("seed_demo"), environment)
        say("starting the web server")
        supervisor.start(programs.web(environment, configuration.port, configuration.public_url))
        _greet(configuration, demo=demo, seconds=time.monotonic() - began)
        instance.announce(configuration.public_url)
        if demonstration is not None:
            supervisor.await_ready("sandbox")  # it replays its history to the present while the pages are served already
            _start_work(supervisor, configuration, environment)
        supervisor.run()
        say("stopping")


def _start_work(supervisor: Supervisor, configuration: Configuration, environment: Mapping[str, str]) -> None:
    say("starting worker and clock")
    supervisor.start(programs.worker(environment))
    supervisor.start(programs.beat(environment, configuration.var_dir))


def manage(configuration: Configuration, arguments: list[str]) -> None:
    """Run one ``manage.py`` command with the servers it needs: those of the running instance, or started for it alone."""
    instance = Instance(configuration.var_dir)
    demonstration = Demonstration.kept(configuration.var_dir)
    if demonstration is not None:
        configuration = demonstration.settings(configuration)
    if instance.holder() is not None:
        if instance.address_file.exists():
            configuration = replace(configuration, public_url=instance.address_file.read_text().strip())
        with Supervisor(configuration.var_dir / "log", configuration.var_dir / "steps.json") as supervisor:
            supervisor.step("manage", programs.manage(*arguments), programs.environment_for(configuration, owner=True))
        return
    with instance.held(), _supervised(configuration) as supervisor:
        start_servers(supervisor, configuration)
        supervisor.step("manage", programs.manage(*arguments), programs.environment_for(configuration, owner=True))


def start_servers(supervisor: Supervisor, configuration: Configuration) -> None:
    """Start the embedded servers this configuration asks for."""
    account = service_account() if configuration.embedded_database or configuration.embedded_redis else None
    if configuration.embedded_database:
        cluster = Cluster(configuration.var_dir, account)
        say("starting PostgreSQL" if cluster.data.exists() else "creating the database")
        supervisor.start(cluster.prepare())
        cluster.create_roles_and_database()
    if configuration.embedded_redis:
        say("starting Redis")
        supervisor.start(Store(configuration.var_dir, account).prepare())


def migrate(supervisor: Supervisor, configuration: Configuration) -> None:
    """Bring the schema up to date as the owner. Raises :class:`EngineError` where the owner's login is not given."""
    if configuration.database_admin_url is None:
        raise EngineError("DATABASE_ADMIN_URL is missing: set it to the owner's login, which is used for migrations only.")
    say("bringing the schema up to date")
    supervisor.step(
        "migrate", programs.manage("migrate", "--no-input", "--verbosity", "0"), programs.environment_for(configuration, owner=True)
    )


@contextmanager
def _supervised(configuration: Configuration) -> Iterator[Supervisor]:
    var_dir = configuration.var_dir
    with Supervisor(var_dir / "log", var_dir / "processes.json") as supervisor:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, supervisor.request_stop)
        yield supervisor


def _with_port(configuration: Configuration) -> Configuration:
    port = configuration.port
    if not is_free(port):
        if configuration.port_was_chosen:
            raise EngineError(f"Port {port} is in use by another program: set PORT to a free one, such as {free_port()}.")
        port = free_port()
        say(f"port {DEFAULT_PORT} is in use by another program; taking {port} (PORT chooses one)")
    if configuration.public_url_was_chosen:
        return replace(configuration, port=port)
    return replace(configuration, port=port, public_url=f"http://{LOOPBACK}:{port}")


def _greet(configuration: Configuration, *, demo: bool, seconds: float) -> None:
    lines = ["", f"Plumbline is ready after {seconds:.0f} seconds: {configuration.public_url}"]
    logins = configuration.var_dir / "logins.txt"
    if demo and logins.exists():
        lines += ["", *logins.read_text().splitlines()]
    lines += ["", f"Logs: {_short(configuration.var_dir / 'log')}    Stop: make stop", ""]
    for line in lines:
        say(line)


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
