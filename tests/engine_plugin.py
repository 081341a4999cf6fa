"""pytest plugin: gives the session its own PostgreSQL and Redis before Django's settings are read.

Loaded with ``-p tests.engine_plugin``. Where DATABASE_URL is set already, that server is used (it needs
DATABASE_ADMIN_URL and REDIS_URL beside it). xdist workers inherit the environment of the controlling process.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from compliance.operate.engine.temporary import TemporaryServers, start_temporary_servers

STARTED: list[TemporaryServers] = []
FOLDERS: list[str] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Runs around pytest-django's hook of this name, which reads the settings."""
    if not os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_URL_FILE"):
        servers = start_temporary_servers()
        STARTED.append(servers)
        os.environ.update(servers.environment)
    else:
        _fill_in_for_given_servers()
    return (yield)


def pytest_unconfigure() -> None:
    """End the servers this process started."""
    while STARTED:
        STARTED.pop().stop()
    while FOLDERS:
        shutil.rmtree(FOLDERS.pop(), ignore_errors=True)


def _fill_in_for_given_servers() -> None:
    if "VAR_DIR" not in os.environ:
        os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="plumbline-var-")
        FOLDERS.append(os.environ["VAR_DIR"])
    os.environ.setdefault("SECRET_KEYS", secrets.token_hex(32))
    os.environ.setdefault("PUBLIC_URL", "http://localhost")
    os.environ.setdefault("BLOB_STORE_URL", (Path(os.environ["VAR_DIR"]) / "blobs").as_uri())
