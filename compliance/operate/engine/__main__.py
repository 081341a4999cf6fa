"""``python -m compliance.operate.engine``: start, stop and look after the processes."""

from __future__ import annotations

import argparse
import os
import sys

from compliance.configuration import Configuration, ConfigurationError
from compliance.operate.engine.console import say
from compliance.operate.engine.detached import start_detached
from compliance.operate.engine.errors import EngineError
from compliance.operate.engine.instance import Instance
from compliance.operate.engine.serving import manage, serve


def main(arguments: list[str]) -> int:
    """Run one command; exit code 0, or 1 after one sentence that says what to do."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options, arguments, Configuration.from_environment(os.environ))
    except (ConfigurationError, EngineError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1


def _run(options: argparse.Namespace, arguments: list[str], configuration: Configuration) -> int:
    instance = Instance(configuration.var_dir)
    if options.command in ("demo", "start"):
        if options.detach:
            return start_detached([options.command], configuration.var_dir, os.environ)
        serve(configuration, demo=options.command == "demo")
    elif options.command == "stop":
        say("stopped" if instance.stop() else "nothing was running")
    elif options.command == "status":
        holder = instance.holder()
        say(instance.describe(holder) if holder is not None else "nothing is running")
        return 0 if holder is not None else 3
    else:
        manage(configuration, options.arguments)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m compliance.operate.engine", description="Start, stop and look after the processes.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, meaning in (("demo", "start with the demo company and the vendor sandbox"), ("start", "start without demo data")):
        command = commands.add_parser(name, help=meaning)
        command.add_argument("--detach", action="store_true", help="return once it is ready and keep it running in the background")
    commands.add_parser("stop", help="stop the running instance")
    commands.add_parser("status", help="say who runs and where; exit code 3 if nothing does")
    command = commands.add_parser("manage", help="run a manage.py command with the servers it needs")
    command.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
