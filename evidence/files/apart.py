"""Having a file parsed by a process of its own, which may fail without anything else failing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from evidence.files.refusals import Unfit

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 40
REFUSED = 3
LARGEST_ANSWER = 24 * 1024 * 1024


class Unreadable(ValueError):
    """The file could not be parsed within its limits; it can still be kept and downloaded."""


def parsed(parser: str, task: str, path: Path, **options: Any) -> bytes:
    """What the module `parser` of `evidence.files.child` answers to `task` about the file. Raises Unfit where it refuses the file,
    Unreadable where it cannot read it."""
    command = [sys.executable, "-m", f"evidence.files.child.{parser}", task, str(path), json.dumps(options)]
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unreadable("The file takes too long to read.") from error
    if done.returncode == REFUSED:
        raise Unfit(done.stdout.decode("utf-8", "replace")[:500])
    if done.returncode or len(done.stdout) > LARGEST_ANSWER:
        raise Unreadable("The file cannot be read; it may be damaged or protected.")
    return done.stdout
