"""`manage.py doctor`: looks at everything an operator can get wrong and says how to mend it."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance.configuration import Configuration
from compliance.operate.diagnosis.database import look_at_database
from compliance.operate.diagnosis.finding import Finding, Level
from compliance.operate.diagnosis.machine import look_at_machine
from compliance.operate.diagnosis.services import look_at_services
from compliance.operate.diagnosis.settings import look_at_settings


class Command(BaseCommand):
    """One line per finding, as it comes; exit code 1 where something must be mended."""

    help = "Look at everything an operator can get wrong; exit code 1 where something must be mended."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--quick` skips the wait for the clock."""
        parser.add_argument("--quick", action="store_true", help="do not wait for the clock (up to 25 seconds)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, print, count."""
        failures = 0
        for finding in _findings(settings.CONFIGURATION, quick=options["quick"]):
            failures += finding.level is Level.FAIL
            self.stdout.write(f"{self._painted(finding.level)}  {finding.subject:<19} {finding.seen}")
            if finding.fix:
                self.stdout.write(f"{'':27}{finding.fix}")
        if failures:
            raise CommandError("One thing must be mended." if failures == 1 else f"{failures} things must be mended.")

    def _painted(self, level: Level) -> str:
        paint = {Level.OK: self.style.SUCCESS, Level.WARN: self.style.WARNING, Level.FAIL: self.style.ERROR}[level]
        return paint(f"{level.value:<4}")


def _findings(configuration: Configuration, *, quick: bool) -> Iterator[Finding]:
    yield from look_at_settings(configuration)
    yield from look_at_database(configuration)
    yield from look_at_services(configuration, with_clock=not quick)
    yield from look_at_machine(configuration)
