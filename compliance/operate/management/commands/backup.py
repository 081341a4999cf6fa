"""`manage.py backup DIR`: database and blobs, consistent, encrypted if asked."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.operate.backup.archive import BrokenBackup
from compliance.operate.backup.programs import NoProgram
from compliance.operate.backup.recipient import WrongKey
from compliance.operate.backup.taking import CannotBackUp, take_backup


class Command(BaseCommand):
    """Can be stopped at any time and resumed."""

    help = "Back up database and blobs into a folder; needs DATABASE_ADMIN_URL. SECRET_KEYS are not in it: keep them elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, the key, whether to go on."""
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--encrypt-to", metavar="KEYFILE", type=Path, help="PEM file with the X25519 public key to encrypt to")
        parser.add_argument("--resume", action="store_true", help="finish an unfinished backup")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it, saying how far it is."""
        try:
            taken = take_backup(options["folder"], encrypt_to=options["encrypt_to"], resume=options["resume"], said=self.stdout.write)
        except (CannotBackUp, WrongKey, NoProgram, BrokenBackup, OSError) as error:
            raise CommandError(str(error)) from error
        for name in taken.deleted_meanwhile:
            self.stdout.write(f"deleted meanwhile: {name}")
        self.stdout.write(
            f"Backed up: {taken.dump.size:,} bytes of database, {taken.blobs:,} blobs of {taken.blob_bytes:,} bytes. "
            "Keep SECRET_KEYS apart from it: without them nothing of it can be read."
        )
