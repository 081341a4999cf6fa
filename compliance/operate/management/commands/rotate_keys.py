"""`manage.py rotate_keys`: seal everything anew under the first of SECRET_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from compliance.operate.keys import rotate_keys
from compliance.tenancy.postgres.creation import as_owner
from compliance.vault.encryption import CannotDecrypt
from compliance.vault.store import BlobMissing


class Command(BaseCommand):
    """Can be stopped and started again at any time."""

    help = "Seal credentials, log keys, raw responses and second factors anew under the first of SECRET_KEYS; needs DATABASE_ADMIN_URL."

    def handle(self, *args: Any, **options: Any) -> None:
        """Turn, saying what was turned. Exit code 1 where a key is missing or a blob is not in the store."""
        total = 0
        try:
            with as_owner(connection):
                for slug, meaning, number in rotate_keys():
                    total += number
                    if number:
                        self.stdout.write(f"{slug or 'people'}: {number:,} {meaning} sealed anew")
        except (CannotDecrypt, BlobMissing) as error:
            raise CommandError(f"Stopped, and can be started again: {error}") from error
        self.stdout.write(f"{total:,} sealed anew; nothing is left under an older key")
