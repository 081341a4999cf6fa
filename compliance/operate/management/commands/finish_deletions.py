"""`manage.py finish_deletions`: remove from the store what executed deletions left there."""

from typing import Any

from django.core.management.base import BaseCommand

from compliance.tenancy.scope import scope
from compliance.trail.actor import OPERATOR
from compliance.vault.selectors.deletion import organizations_with_bytes_to_remove
from compliance.vault.services.deletion import remove_bytes


class Command(BaseCommand):
    """Needed after a crash between the database and the store, or when the store's lock ended; at any other time it finds nothing."""

    help = "Remove from the store the bytes of executed deletions that a crash or the store's lock left there."

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove, saying how many."""
        number = 0
        for organization_id in organizations_with_bytes_to_remove():
            with scope(organization_id):
                number += remove_bytes(actor=OPERATOR)
        left = len(organizations_with_bytes_to_remove())
        self.stdout.write(
            f"{number:,} objects removed" + (f"; {left:,} organizations have some that the store still locks" if left else "")
        )
