"""`manage.py seed_demo`: make, reset or remove the demo company."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from compliance.operate.demo.company import SLUG, remove, seed
from compliance.operate.demo.people import logins
from compliance.tenancy.models import Organization
from compliance.tenancy.postgres.creation import as_owner


class Command(BaseCommand):
    """Makes the demo company unless it stands already."""

    help = "Make the demo company (labelled as demo), with a past read from the vendor sandbox."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--reset makes it anew, --remove takes it away."""
        parser.add_argument("--reset", action="store_true", help="remove the demo company and make it anew")
        parser.add_argument("--remove", action="store_true", help="remove the demo company and its logins")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, saying how far it is."""
        if options["reset"] or options["remove"]:
            with as_owner(connection), transaction.atomic():
                removed = remove(self.say)
            if options["remove"]:
                self.say(f"{removed} demo organization(s) removed")
                (settings.CONFIGURATION.var_dir / "logins.txt").unlink(missing_ok=True)
                return
        if Organization.objects.filter(slug=SLUG).exists():
            self.say("the demo company stands already")
        else:
            seed(self.say)
        path = settings.CONFIGURATION.var_dir / "logins.txt"
        path.write_text(logins(settings.CONFIGURATION.public_url))

    def say(self, line: str) -> None:
        """One line of progress, at once."""
        self.stdout.write(f"demo: {line}")
        self.stdout.flush()
