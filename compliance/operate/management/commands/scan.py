"""`manage.py scan aws|github`: look once, judge, write; needs no database and leaves nothing behind."""

import os
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance.operate.scan import Account, Scan, aws_account, github_account, scan
from compliance.operate.scan_formats import FORMATS
from controls.outcomes import CheckState

UNREAD = 2
SILENT = (CheckState.PASS, CheckState.FAIL, CheckState.NOT_APPLICABLE)


class Command(BaseCommand):
    """Exit code 0 whatever the outcomes, 2 when something could not be read; what it was is named on standard
    error. What the vendor's plan does not include is named too, and changes nothing."""

    help = "Read an AWS account or a GitHub organization once and judge it, with the credentials that the vendor's own tools find."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("vendor", choices=("aws", "github"))
        parser.add_argument("--endpoint-url", default="", help="another address of the vendor (sandbox, GitHub Enterprise Server)")
        parser.add_argument(
            "--region", action="append", default=[], dest="regions", help="AWS region; may be repeated; default: all enabled"
        )
        parser.add_argument("--organization", default="", help="GitHub organization, as in its address")
        parser.add_argument("--check", action="append", default=[], dest="checks", help="judge only this check; may be repeated")
        parser.add_argument("--format", choices=tuple(FORMATS), default="table")
        parser.add_argument("--output", default="", help="file to write instead of standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Scan and write. Raises CommandError for arguments that do not fit together."""
        account = _account(options)
        target = Path(options["output"]) if options["output"] else None
        if target is not None and not target.parent.is_dir():
            raise CommandError(f"The folder {target.parent} does not exist: create it, or give another --output.", returncode=1)
        try:
            found = scan(account, options["checks"])
        except LookupError as error:
            raise CommandError(f"{error}; the catalogue's ids look like aws.iam.console_user_mfa.", returncode=1) from error
        text = FORMATS[options["format"]](found)
        if target is None:
            for line in text:
                self.stdout.write(line, ending="")
        else:
            _write(target, text)
        self._summarize(found)
        if any(each.offered for each in found.unread):
            sys.exit(UNREAD)

    def _summarize(self, found: Scan) -> None:
        outcomes = Counter(row.outcome for row in found.rows)
        counted = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items())) or "nothing judged"
        self.stderr.write(
            f"{found.vendor} {found.account or '(unknown account)'}: {len(found.checks)} checks, {counted}; {found.calls} calls"
        )
        for each in found.checks:
            if each.state not in SILENT:
                self.stderr.write(f"{each.state.value.upper()} {each.definition.id}: {_line(each.detail)}")
        for unread in found.unread:
            self.stderr.write(f"{'NOT READ' if unread.offered else 'NOT OFFERED'} {unread.what}: {unread.kind}: {_line(unread.detail)}")


def _account(options: dict[str, Any]) -> Account:
    allow = settings.CONFIGURATION.outgoing_allow
    if options["vendor"] == "aws":
        if options["organization"]:
            raise CommandError("--organization belongs to GitHub; an AWS account is found by its credentials.", returncode=1)
        return aws_account(endpoint_url=options["endpoint_url"], regions=options["regions"], allow=allow)
    if not options["organization"]:
        raise CommandError("Say which organization to read: --organization NAME.", returncode=1)
    if options["regions"]:
        raise CommandError("--region belongs to AWS; GitHub has none.", returncode=1)
    return github_account(endpoint_url=options["endpoint_url"], organization=options["organization"], environ=os.environ, allow=allow)


def _write(target: Path, text: Any) -> None:
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")  # renamed when whole, so that nobody takes half a file for a scan
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.writelines(text)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CommandError(f"{target} cannot be written: {error.strerror}.", returncode=1) from error


def _line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:400]
