"""Which system user runs the embedded servers: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from compliance.operate.engine.errors import EngineError

CANDIDATES = ("plumbline", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A system user that a child process changes into."""

    name: str
    uid: int
    gid: int

    def own(self, *folders: Path) -> None:
        """Give ``folders`` (and nothing else) to this user, closed to everyone else."""
        for folder in folders:
            os.chown(folder, self.uid, self.gid)
            folder.chmod(0o700)

    def may_pass(self, path: Path) -> bool:
        """Whether this user can reach ``path`` through its parent folders (judged by mode bits)."""
        return self.blocking_folder(path) is None

    def blocking_folder(self, path: Path) -> Path | None:
        """The first folder on the way to ``path`` that this user may not pass; None where the way is free."""
        for folder in reversed(path.parents):
            facts = folder.stat()
            if facts.st_uid == self.uid:
                bit = stat.S_IXUSR
            elif facts.st_gid == self.gid:
                bit = stat.S_IXGRP
            else:
                bit = stat.S_IXOTH
            if not facts.st_mode & bit:
                return folder
        return None


def service_account() -> Account | None:
    """The user for the embedded servers; None where we are an ordinary user already.

    Raises :class:`EngineError` where root finds none of the users it may change into.
    """
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise EngineError("PostgreSQL does not run as root and there is no user to change into: run `useradd --system plumbline` once.")
