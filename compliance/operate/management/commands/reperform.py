"""`manage.py reperform`: judge stored verdicts again from raw bytes with the code of then."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.operate.reperform.package import NotVerified, reperform_package
from compliance.operate.reperform.verdict import Reperformed, reperform
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from controls.selectors.verdicts import sampled_verdicts, verdicts_of


class Command(BaseCommand):
    """Ends with an error when any verdict does not come again as stored, or could not be judged again from raw bytes where it should."""

    help = "Judge stored verdicts again: raw bytes, collector, fact, check and parameters as they were; compare byte for byte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which verdicts."""
        parser.add_argument("--organization", default="", metavar="SLUG")
        parser.add_argument("--package", type=Path, default=None, metavar="FILE", help="every verdict of a package, without its database")
        parser.add_argument("--key", default="", help="with --package: public key of the log, got by another channel")
        parser.add_argument("--check", default="", metavar="ID", help="only verdicts of this check")
        parser.add_argument("--subject", default="", metavar="KEY", help="only verdicts about the subject with this key")
        parser.add_argument("--at", default="", metavar="INSTANT", help="only verdicts in force then, like 2026-03-02T12:00:00Z")
        parser.add_argument(
            "--sample", type=int, default=0, metavar="N", help="that many verdicts spread over all, the same ones each time"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Judge again, one line a verdict."""
        if options["package"] is not None:
            self._judge_package(options["package"], options["key"])
            return
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization “{options['organization']}”.")
        try:
            at = datetime.fromisoformat(options["at"]) if options["at"] else None
        except ValueError as error:
            raise CommandError("--at wants an instant like 2026-03-02T12:00:00Z.") from error
        at = at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
        now = datetime.now(UTC)
        different = raw = 0
        with scope(organization.pk):
            chosen = (
                sampled_verdicts(options["sample"])
                if options["sample"] and not (options["check"] or options["subject"] or at)
                else verdicts_of(check_id=options["check"], subject=options["subject"], at=at, limit=options["sample"] or 1000)
            )
            for verdict in chosen:
                found = reperform(verdict, now=now)
                different += not found.same
                raw += found.level == "raw bytes"
                self._tell(found)
        self.stdout.write(f"{len(chosen)} verdicts, {len(chosen) - different} the same byte for byte; {raw} of all from raw bytes up")
        if different:
            raise CommandError(f"{different} verdicts did not come again as stored.")

    def _judge_package(self, path: Path, key: str) -> None:
        if not path.exists() or not key:
            raise CommandError("--package wants a file or folder that is there, and --key the log's public key.")
        different = count = 0
        try:
            for found in reperform_package(path, key, now=datetime.now(UTC)):
                count += 1
                different += not found.same
                self._tell(found)
        except NotVerified as error:
            raise CommandError(f"The package does not verify, so nothing of it was judged: {error}") from error
        self.stdout.write(f"{count} verdicts, {count - different} the same byte for byte")
        if different:
            raise CommandError(f"{different} verdicts did not come again as stored.")

    def _tell(self, found: Reperformed) -> None:
        word = "same" if found.same else "DIFFERENT" if found.steps else "NOT POSSIBLE"
        self.stdout.write(
            f"{word:12} from {found.level}: {found.verdict.check_id} of {found.verdict.key} since {found.verdict.since:%Y-%m-%dT%H:%M:%SZ}"
        )
        for told, lines in (("missing", found.missing), ("altered", found.altered), ("limit", found.limits if not found.same else ())):
            for line in lines[:5]:
                self.stdout.write(f"             {told}: {line}")
        if not found.same and found.again != found.stored:
            self.stdout.write(f"             stored {found.stored.decode()}\n             again  {found.again.decode()}")
