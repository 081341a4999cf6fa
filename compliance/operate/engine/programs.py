"""The processes the product consists of, above the servers: commands, environments and how each is seen to be ready."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from compliance.configuration import CHECKOUT, SETTING_NAMES, Configuration
from compliance.operate.engine.ports import LOOPBACK, answers
from compliance.operate.engine.probe import is_well
from compliance.operate.engine.program import Program

PYTHON = sys.executable


def environment_for(configuration: Configuration, *, owner: bool = False) -> dict[str, str]:
    """A child's environment: ours without any setting, then the settings as they were read.

    Only steps that change the schema get the owner's login.
    """
    settings = {*SETTING_NAMES, *(f"{name}_FILE" for name in SETTING_NAMES)}
    inherited = {name: value for name, value in os.environ.items() if name not in settings}
    return inherited | {"PYTHONUNBUFFERED": "1"} | configuration.environment(owner=owner)


def manage(*arguments: str) -> tuple[str, ...]:
    """The command line of a ``manage.py`` command."""
    return (PYTHON, str(CHECKOUT / "manage.py"), *arguments)


def sandbox(environment: Mapping[str, str], ports: Mapping[str, int], start: str | None) -> Program:
    """The vendor sandboxes on loopback ports. Their history begins at ``start`` (None: they choose) and is replayed to the present."""
    further = (word for vendor, port in ports.items() if vendor != "aws" for word in (f"--{vendor}-port", str(port)))
    options = ("--port", str(ports["aws"]), *further, *(("--start", start) if start else ()))
    return Program(
        name="sandbox",
        command=(PYTHON, "-m", "integrations.sandbox", *options),
        environment=environment,
        folder=CHECKOUT,
        ready_line="ready",
        ready_seconds=300,
        on_console=False,
    )


def mail_sink(environment: Mapping[str, str], port: int) -> Program:
    """The local mail sink on a loopback port."""
    return Program(
        name="mail",
        command=(PYTHON, "-m", "compliance.operate.engine.mailsink", "--port", str(port)),
        environment=environment,
        folder=CHECKOUT,
        ready=lambda: answers(port),
        on_console=False,
    )


def worker(environment: Mapping[str, str]) -> Program:
    """The Celery worker that collects, judges and seals."""
    options = ("--concurrency", "2", "--loglevel", "WARNING", "--without-mingle", "--without-gossip")
    return _celery("worker", environment, *options)


def beat(environment: Mapping[str, str], var_dir: Path) -> Program:
    """The clock that rings for due work."""
    return _celery("beat", environment, "--schedule", str(var_dir / "beat"), "--pidfile=", "--loglevel", "WARNING")


def web(environment: Mapping[str, str], port: int, public_url: str) -> Program:
    """The web server."""
    options = ("compliance.wsgi", "--preload", "--workers", "2", "--threads", "4", "--bind", f"{LOOPBACK}:{port}", "--log-level", "warning")
    return Program(
        name="web",
        command=(PYTHON, "-m", "gunicorn", *options, "--graceful-timeout", "10"),
        environment={"MALLOC_ARENA_MAX": "1"} | dict(environment),  # four threads in one arena leave less behind
        folder=CHECKOUT,
        ready=lambda: is_well(port, public_url),
    )


def _celery(name: str, environment: Mapping[str, str], *options: str) -> Program:
    return Program(
        name=name,
        command=(PYTHON, "-m", "celery", "-A", "compliance", name, *options),
        environment=environment,
        folder=CHECKOUT,
        orphan_signal=signal.SIGKILL,  # with the broker gone as well, any orderly end may wait for it; leases make good what is lost
        stop_seconds=30,
    )
