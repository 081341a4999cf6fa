"""`manage.py move_store FROM TO`: copy all blobs from one store to another, and verify every one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.operate.moving import CannotMove, move_store


class Command(BaseCommand):
    """Can be stopped and started again at any time."""

    help = "Copy all blobs from one store to another (file:///folder or s3://bucket/prefix) and verify every one in the target."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Both addresses, as BLOB_STORE_URL has them."""
        parser.add_argument("source", metavar="FROM", help="the address BLOB_STORE_URL has now")
        parser.add_argument("target", metavar="TO", help="the address it shall have")

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy and verify, saying what was done. Exit code 1 where something is not whole in the target."""
        troubles = 0
        try:
            for moved in move_store(options["source"], options["target"], self.stdout.write):
                self.stdout.write(f"{moved.slug}: {moved.copied:,} copied, {moved.there_already:,} were there already")
                for line in moved.trouble:
                    troubles += 1
                    self.stderr.write(f"{moved.slug}: {line}")
        except CannotMove as error:
            raise CommandError(str(error)) from error
        if troubles:
            raise CommandError(f"{troubles:,} are not whole in the target. Leave BLOB_STORE_URL as it is.")
        self.stdout.write(
            "Everything is in the target and verified. Set BLOB_STORE_URL to it, restart, and run this once more for what was added "
            "meanwhile; then the old place can go."
        )
