"""`manage.py verify_package FILE`: the same verification as `verify.py` in the package."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.packages.checking import check_package
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.vault.selectors.log import log_keys


class Command(BaseCommand):
    """Takes the key from its argument, or from this installation's own log where the organization is named."""

    help = "Verify an evidence package: a ZIP file, or the folder it was unpacked into."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which package, under which key."""
        parser.add_argument("package", type=Path)
        parser.add_argument("--key", default="", help="public key of the log, got by another channel than the package")
        parser.add_argument("--organization", default="", metavar="SLUG", help="take the keys of this organization's own log instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify; each file that does not hold is named."""
        if not options["package"].exists():
            raise CommandError(f"There is no {options['package']}.")
        best: list[str] | None = None
        for key in self._keys(options):
            problems, counts = check_package(options["package"], key)
            if not problems:
                said = ", ".join(f"{counts[name]} {name}" for name in sorted(counts))
                self.stdout.write(f"OK: {said} verified under {key.split('+')[0]}+{key.split('+')[1]}")
                return
            best = problems if best is None or len(problems) > len(best) else best
        for each in best or []:
            self.stdout.write(f"FAILED  {each}")
        raise CommandError(f"{len(best or [])} problems: do not rely on this package.")

    def _keys(self, options: dict[str, Any]) -> list[str]:
        if options["key"]:
            return [options["key"]]
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError("Give --key, or --organization with the slug of an organization of this installation.")
        with scope(organization.pk):
            keys = [each.verifier for each in log_keys()]
        if not keys:
            raise CommandError("This organization's log has no key yet.")
        return keys
