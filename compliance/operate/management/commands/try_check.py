"""`manage.py try_check ID`: what a changed check would have said of stored history. Nothing is written."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.operate.reperform.code import MissingCode
from compliance.operate.reperform.trial import try_check
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope


class Command(BaseCommand):
    """Lists subjects and days that would flip."""

    help = "Try a check's other version or parameters against stored history: which subjects would flip on which days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which check, changed how, over which days."""
        parser.add_argument("check")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--version", type=int, default=None, metavar="N", dest="logic_version", help="the newest unless given")
        parser.add_argument("--parameters", default="{}", metavar="JSON", help='like {"days": 60}')
        parser.add_argument("--days", type=int, default=365, help="back from now")

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Django's own --version says its version; here it names the check's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        """Try, one line a flip."""
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization “{options['organization']}”.")
        try:
            parameters = json.loads(options["parameters"])
        except ValueError as error:
            raise CommandError("--parameters wants a JSON object.") from error
        until = datetime.now(UTC)
        with scope(organization.pk):
            try:
                found = try_check(
                    options["check"],
                    version=options["logic_version"],
                    parameters=parameters,
                    start=until - timedelta(days=options["days"]),
                    until=until,
                )
            except (KeyError, MissingCode) as error:
                raise CommandError(f"There is no such check or version: {error}") from error
        for each in found.flips:
            self.stdout.write(
                f"{each.key}: {each.stood} would have been {each.tried} from {each.since:%Y-%m-%d %H:%M} to {each.until:%Y-%m-%d %H:%M} UTC "
                f"({each.days} days): {each.reason}"
            )
        self.stdout.write(f"{len({each.key for each in found.flips})} of {found.subjects} subjects would flip; version {found.version}")
