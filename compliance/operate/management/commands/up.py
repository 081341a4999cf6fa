"""`manage.py up`: the processes of the product under one supervisor, in the foreground."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance.operate.engine.errors import EngineError
from compliance.operate.engine.serving import serve


class Command(BaseCommand):
    """The same as `make start FOREGROUND=1`, or with `--demo` as `make demo FOREGROUND=1`."""

    help = "Start servers, worker, clock and web server and keep them running until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--demo` adds the demo company and the vendor sandbox."""
        parser.add_argument("--demo", action="store_true", help="with the demo company and the vendor sandbox")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until told to stop."""
        try:
            serve(settings.CONFIGURATION, demo=options["demo"])
        except EngineError as error:
            raise CommandError(str(error)) from error
