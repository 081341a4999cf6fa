"""`manage.py verify_store`: read everything that is kept again, and name what is not as it was."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.operate.verify_store.verifying import verify_organization
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.actor import OPERATOR


class Command(BaseCommand):
    """Exit code 1 where anything is altered, missing or extra. Can be stopped and resumed at any time."""

    help = "Read blobs, records, statements, the log, checkpoints and links again; name each altered, missing or extra byte, row or link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, how fast, from where."""
        parser.add_argument("--organization", metavar="SLUG", help="only this one")
        parser.add_argument("--resume", action="store_true", help="go on where the last one was stopped")
        parser.add_argument("--rate", type=int, metavar="N", help="at most N rows and blobs a second")

    def handle(
        self, *args: Any, organization: str | None = None, resume: bool = False, rate: int | None = None, **options: Any
    ) -> None:  # fmt: skip
        """Verify, saying what was looked at and each finding with its remedy."""
        if rate is not None and rate < 1:
            raise CommandError("--rate is a number of rows and blobs a second, 1 or more.")
        chosen = Organization.objects.filter(slug=organization) if organization else Organization.objects.order_by("slug")
        if organization and not chosen:
            raise CommandError(f"There is no organization “{organization}”.")
        found = 0
        for each in chosen:
            self.stdout.write(f"{each.slug}:")
            with scope(each.pk):
                verification = verify_organization(
                    resume=resume, rate=rate, actor=OPERATOR, told=lambda finding: self.stdout.write(f"  {finding}")
                )
            looked = ", ".join(f"{number:,} {name}" for name, number in verification.counts.items())
            self.stdout.write(f"  looked at {looked}; {verification.found:,} not as they were")
            found += verification.found
        if found:
            raise CommandError(f"{found:,} altered, missing or extra; each is named above with what to do.")
        self.stdout.write("Everything is as it was.")
