"""Run everything: `python -m bench [--quick] [--only PART]…`. Exit code 0 whatever the figures; they are read, not asserted, on a shared machine."""

import argparse
import os
import subprocess
import sys
import time

from bench.figures import Figure
from compliance.configuration import CHECKOUT
from compliance.operate.engine.temporary import temporary_servers


def main() -> int:
    """Start servers, migrate, run the measurements in a process of their own, print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, to see that it runs")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PART",
        help="only this part, such as recording (see bench/measure.py); repeat it for more",
    )
    options = parser.parse_args()
    with temporary_servers(durable=True) as servers:
        environment = {**os.environ, **servers, "DJANGO_SETTINGS_MODULE": "compliance.settings"}
        began = time.perf_counter()
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
        subprocess.run(migrate, cwd=CHECKOUT, env=environment, check=True)
        seconds = time.perf_counter() - began
        print(
            Figure("migrating an empty database", seconds, 20, "at most", " s", "one command, start of Python included").line(), flush=True
        )
        command = [
            sys.executable,
            "-m",
            "bench.measure",
            *(["--quick"] if options.quick else []),
            *(f"--only={part}" for part in options.only),
        ]
        return subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
