"""`manage.py rotate_log_key SLUG --reason …`: let a new key sign an organization's log."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.actor import OPERATOR
from compliance.vault.services.keys import rotate_log_key


class Command(BaseCommand):
    """Old checkpoints stay verifiable under the old key, which announces the new one in the log."""

    help = "Let a new Ed25519 key sign the log of an organization; the old key announces it in the log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose log, and why."""
        parser.add_argument("slug", help="the organization")
        parser.add_argument("--reason", required=True, help="why the key is turned; it stands in the log")

    def handle(self, *args: Any, slug: str, reason: str, **options: Any) -> None:
        """Turn, and say what auditors must be told."""
        organization = Organization.objects.filter(slug=slug).first()
        if organization is None:
            raise CommandError(f"There is no organization “{slug}”.")
        try:
            with scope(organization.pk):
                key = rotate_log_key(actor=OPERATOR, reason=reason, now=datetime.now(UTC))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"From {key.from_size:,} entries on this key signs; give it to whoever verifies the log:\n{key.verifier}")
