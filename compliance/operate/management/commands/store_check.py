"""`manage.py store_check`: prove the store of BLOB_STORE_URL, a real bucket above all."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance.operate.diagnosis.finding import Level
from compliance.operate.store_check import check_store
from compliance.vault.store import store_at


class Command(BaseCommand):
    """One line per thing tried; exit code 1 where the store does not do what it must."""

    help = "Prove the blob store: write, read back, versions, Object Lock, retention, that removal is refused; cleans up what may be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--quick` leaves the large file out; `--url` checks another store than the configured one."""
        parser.add_argument("--quick", action="store_true", help="without the file of 65 MB")
        parser.add_argument("--url", help="another address than BLOB_STORE_URL")

    def handle(self, *args: Any, **options: Any) -> None:
        """Try, print, count."""
        failures = 0
        for finding in check_store(store_at(options["url"] or settings.CONFIGURATION.blob_store_url), large=not options["quick"]):
            failures += finding.level is Level.FAIL
            self.stdout.write(f"{finding.level.value:<4}  {finding.subject:<20} {finding.seen}")
            if finding.fix:
                self.stdout.write(f"{'':27}{finding.fix}")
        if failures:
            raise CommandError(f"The store failed {failures} of what it was asked. Do not keep evidence there.")
