"""`manage.py seed_scale`: big made-up organizations through the real recording path."""

from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.operate.scale.history import make_organization, seed_history
from compliance.operate.scale.population import Population

DAYS_OF_A_MONTH = 30


class Command(BaseCommand):
    """Labelled as demo, so that what removes demo data removes it."""

    help = "Make organizations with months of history, to measure with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much of what."""
        parser.add_argument("--organizations", type=int, default=1)
        parser.add_argument("--subjects", type=int, default=1000, help="subjects of each organization, over all kinds")
        parser.add_argument("--months", type=int, default=3, help="months of 30 days, one look a day")
        parser.add_argument("--changes", type=int, default=10, help="subjects that change from day to day")
        parser.add_argument("--prefix", default="scale", help="slugs are PREFIX-1, PREFIX-2 …")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, saying how far it is."""
        for name in ("organizations", "subjects", "months", "changes"):
            if options[name] < (0 if name == "changes" else 1):
                raise CommandError(f"--{name} is {options[name]}: give at least {0 if name == 'changes' else 1}.")
        until = datetime.now(UTC)
        days = options["months"] * DAYS_OF_A_MONTH
        for number in range(1, options["organizations"] + 1):
            start = until - timedelta(days=days)
            try:
                organization = make_organization(f"{options['prefix']}-{number}", start)
            except ValueError as error:
                raise CommandError(str(error)) from error
            population = Population(options["subjects"], start, seed=number)
            seed_history(
                organization, population, days=days, changes=options["changes"], until=until, told=lambda day: self._told(day, days)
            )
            self.stdout.write(f"{organization.slug}: {days} days of {options['subjects']} subjects")

    def _told(self, day: int, days: int) -> None:
        if (day + 1) % DAYS_OF_A_MONTH == 0:
            self.stdout.write(f"  {day + 1} of {days} days")
