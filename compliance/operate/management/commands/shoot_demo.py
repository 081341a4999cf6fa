"""`manage.py shoot_demo`: make the film of the demo company's past anew, for developers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from compliance.operate.demo.film.frames import write_reel
from compliance.operate.demo.film.shooting import shoot
from compliance.operate.demo.film.stages import STAGES


class Command(BaseCommand):
    """Plays the sandboxes' story and writes what the connectors saw."""

    help = "Shoot the film of the demo company's past anew (for developers; takes minutes, needs no database)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which vendors; all unless named."""
        parser.add_argument("vendors", nargs="*", choices=[*sorted(STAGES), []], help="vendors to shoot; all unless named")

    def handle(self, *args: Any, **options: Any) -> None:
        """Shoot and write, saying what is seen."""
        for vendor in options["vendors"] or sorted(STAGES):
            frames = shoot(vendor, self.say)
            path = write_reel(vendor, frames)
            self.say(f"{vendor}: {len(frames)} frames, {path.stat().st_size // 1024} KB")

    def say(self, line: str) -> None:
        """One line of progress, at once."""
        self.stdout.write(line)
        self.stdout.flush()
