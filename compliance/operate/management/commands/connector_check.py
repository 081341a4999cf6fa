"""`manage.py connector_check VENDOR --live --record DIR`: does a connector work against your real account, permission by permission?"""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from compliance.operate.canary.cassette import SecretLeft
from compliance.operate.canary.looking import Report, account_digest, look_live, read_report
from compliance.operate.scan import Account, aws_account, github_account, named_account
from compliance.tenancy.clock import now
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from integrations.entrypoints import RefusedConnector
from integrations.registry import CONNECTORS, UnknownVendor, load_connector
from integrations.services.verification import attach_live_report

UNREAD = 2
MARKS = {"complete": "READ", "not_licensed": "NOT OFFERED", "partial": "PARTLY READ", "failed": "NOT READ"}


class Command(BaseCommand):
    """Exit code 0 when everything was read, 2 when something was not. Needs no database unless a report is attached."""

    help = "Read every stream of a connector once against a real account; report permissions, record a redacted cassette."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("vendor", help="key of the connector: " + ", ".join(sorted(CONNECTORS)) + ", or one of a third party")
        parser.add_argument("--live", action="store_true", help="really call the vendor; without it nothing is called")
        parser.add_argument("--record", default="", help="folder for report.json and cassette.yaml")
        parser.add_argument(
            "--attach", default="", metavar="ORGANIZATION", help="mark this organization's connections to the account as live-verified"
        )
        parser.add_argument("--report", default="", help="attach this report.json of an earlier look instead of looking")
        parser.add_argument("--endpoint-url", default="", help="another address of the vendor (an own server)")
        parser.add_argument("--region", action="append", default=[], dest="regions", help="AWS region; may be repeated")
        parser.add_argument("--organization", default="", help="GitHub organization")
        parser.add_argument(
            "--set", action="append", default=[], dest="given", metavar="NAME=VALUE",
            help="a plain setting of other connectors; their secrets are read from VENDOR_NAME in the environment",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, tell, write, attach. Raises CommandError for arguments that do not fit together."""
        report = self._read(options) if options["report"] else self._look(options)
        if options["attach"]:
            self._attach(report, options["attach"])
        if not report.verified:
            sys.exit(UNREAD)

    def _read(self, options: dict[str, Any]) -> Report:
        try:
            return read_report(Path(options["report"]))
        except ValueError as error:
            raise CommandError(str(error), returncode=1) from error

    def _look(self, options: dict[str, Any]) -> Report:
        if not options["live"]:
            raise CommandError("Say --live: this calls the vendor with your credentials, and only reads.", returncode=1)
        folder = Path(options["record"]) if options["record"] else None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        try:
            canary = look_live(_account(options), record=folder is not None)
        except (UnknownVendor, RefusedConnector) as error:
            raise CommandError(str(error), returncode=1) from error
        except SecretLeft as error:
            raise CommandError(f"The cassette was not written: {error}.", returncode=1) from error
        self._tell(canary.report)
        if folder is not None:
            (folder / "report.json").write_text(canary.report.text())
            (folder / "cassette.yaml").write_text(canary.cassette)
            self.stdout.write(f"written: {folder / 'report.json'}, {folder / 'cassette.yaml'}")
        return canary.report

    def _tell(self, report: Report) -> None:
        if report.fault:
            self.stdout.write(f"NOT READ the account: {_line(report.fault)}")
        for stream in report.streams:
            count = f"{stream.received}" if stream.expected is None else f"{stream.received} of {stream.expected}"
            self.stdout.write(f"{MARKS[stream.outcome]} {stream.kind}: {count}, {stream.completeness}")
            for operation, outcome in stream.operations.items():
                self.stdout.write(f"    {outcome:<12} {operation}")
            for fault in stream.faults:
                self.stdout.write(f"    fault        {_line(fault)}")
        whole = sum(each.outcome == "complete" for each in report.streams)
        self.stdout.write(
            f"{report.vendor} {report.connector_version}: {whole} of {len(report.streams)} streams whole, {report.calls} calls"
        )
        if not report.live:
            self.stdout.write("The address is inside a private network: this was a sandbox or an own server, and verifies nothing live.")

    def _attach(self, report: Report, slug: str) -> None:
        organization = Organization.objects.filter(slug=slug).first()
        if organization is None:
            raise CommandError(f"There is no organization “{slug}”.", returncode=1)
        with scope(organization.pk):
            try:
                marked = attach_live_report(
                    actor=SYSTEM, vendor=report.vendor, connector_version=report.connector_version, at=report.at, verified=report.verified,
                    live=report.live, is_account=lambda account: account_digest(account) == report.account, now=now(),
                )  # fmt: skip
            except ValidationError as error:
                raise CommandError(" ".join(error.messages), returncode=1) from error
        self.stdout.write(f"live-verified: {', '.join(each.name for each in marked)}")


def _account(options: dict[str, Any]) -> Account:
    allow, vendor = settings.CONFIGURATION.outgoing_allow, options["vendor"]
    if vendor == "aws":
        return aws_account(endpoint_url=options["endpoint_url"], regions=options["regions"], allow=allow)
    if vendor == "github":
        if not options["organization"]:
            raise CommandError("Say which organization to read: --organization NAME.", returncode=1)
        return github_account(endpoint_url=options["endpoint_url"], organization=options["organization"], environ=os.environ, allow=allow)
    pairs = [each.partition("=") for each in options["given"]]
    if wrong := [name for name, sign, _value in pairs if not sign]:
        raise CommandError(f"--set {wrong[0]}: write NAME=VALUE.", returncode=1)
    try:
        fields = load_connector(vendor).SETTINGS
    except (UnknownVendor, RefusedConnector) as error:
        raise CommandError(str(error), returncode=1) from error
    try:
        return named_account(
            vendor=vendor, fields=fields, given={name: value for name, _sign, value in pairs}, environ=os.environ, allow=allow
        )
    except ValueError as error:
        raise CommandError(str(error), returncode=1) from error


def _line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:400]
