"""`manage.py restore DIR`: a backup into an empty installation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.operate.backup.archive import BrokenBackup
from compliance.operate.backup.programs import NoProgram
from compliance.operate.backup.recipient import WrongKey
from compliance.operate.backup.restoring import CannotRestore, restore_backup
from compliance.vault.encryption import CannotDecrypt


class Command(BaseCommand):
    """Everything is verified before anything is written."""

    help = "Restore a backup into an empty installation, before its first start; needs DATABASE_ADMIN_URL and the SECRET_KEYS of then."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, the key, whether to go on."""
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--key", metavar="KEYFILE", type=Path, help="PEM file with the private key, where the backup is encrypted")
        parser.add_argument("--resume", action="store_true", help="go on after an interrupted restore")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, saying how far it is. Exit code 1 where something is not whole."""
        try:
            restored = restore_backup(options["folder"], key=options["key"], resume=options["resume"], said=self.stdout.write)
        except (CannotRestore, BrokenBackup, WrongKey, CannotDecrypt, NoProgram, OSError) as error:
            raise CommandError(str(error)) from error
        for line in restored.trouble:
            self.stderr.write(line)
        if restored.trouble:
            raise CommandError(f"{len(restored.trouble):,} blobs do not open. Everything else is restored.")
        self.stdout.write(
            f"Restored: {restored.organizations:,} organizations, {restored.blobs:,} blobs, each decrypted and hashed. "
            "Run migrate, then verify_store, then start."
        )
