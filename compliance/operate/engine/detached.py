"""Starting in the background: the same command in a session of its own, shown until it is ready."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from compliance.configuration import CHECKOUT
from compliance.operate.engine.console import say
from compliance.operate.engine.instance import Instance

POLL_SECONDS = 0.1


def start_detached(arguments: list[str], var_dir: Path, environment: Mapping[str, str]) -> int:
    """Run ``arguments`` of the engine in the background; returns its exit code, or 0 once it is ready.

    Its output goes to ``VAR_DIR/log/engine.log`` and is shown here until then. Ctrl-C during the start stops it.
    """
    instance = Instance(var_dir)
    holder = instance.holder()
    if holder is not None:
        say(instance.describe(holder))
        return 1
    instance.address_file.unlink(missing_ok=True)  # left by a kill; it must not be taken for the new start's
    log = var_dir / "log" / "engine.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "compliance.operate.engine", *arguments],
            cwd=CHECKOUT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with log.open("r", errors="replace") as shown:
        for number in (signal.SIGTERM, signal.SIGHUP):  # an ended wait ends the half-made start, as Ctrl-C does
            signal.signal(number, signal.default_int_handler)
        try:
            return _show_until_ready(process, instance, shown)
        except KeyboardInterrupt:
            process.send_signal(signal.SIGTERM)
            process.wait()
            return 130


def _show_until_ready(process: subprocess.Popen[bytes], instance: Instance, shown: TextIO) -> int:
    while True:
        code = process.poll()
        ready = instance.address_file.exists()
        for line in shown:
            say(line.rstrip("\n"))
        if code is not None:
            return code
        if ready:
            return 0
        time.sleep(POLL_SECONDS)
