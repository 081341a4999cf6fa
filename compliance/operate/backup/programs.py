"""PostgreSQL's own programs, and the owner's login for them (in the environment, never in the list of processes)."""

import os
import shutil
from pathlib import Path

from django.db import connection

from compliance.operate.engine.binaries import postgres_folder
from compliance.operate.engine.errors import EngineError


class NoProgram(RuntimeError):
    """pg_dump or pg_restore is not on this machine."""


def program(name: str) -> Path:
    """`pg_dump` or `pg_restore`, of the embedded server's version or newer. Raises NoProgram."""
    try:
        found = postgres_folder() / name
    except EngineError:
        found = Path()
    if found.name == name and found.exists():
        return found
    elsewhere = shutil.which(name)
    if elsewhere is None:
        raise NoProgram(f"{name} was not found: install PostgreSQL's client programs, version 18 or newer.")
    return Path(elsewhere)


def login() -> dict[str, str]:
    """The environment for them: that of this process, and where and as whom the open connection is logged in."""
    settings = connection.settings_dict
    given = {
        "PGHOST": settings["HOST"],
        "PGPORT": str(settings["PORT"] or ""),
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": settings["NAME"],
        "PGSSLMODE": settings.get("OPTIONS", {}).get("sslmode", ""),
        "PGSSLROOTCERT": settings.get("OPTIONS", {}).get("sslrootcert", ""),
    }
    return os.environ | {name: value for name, value in given.items() if value}
