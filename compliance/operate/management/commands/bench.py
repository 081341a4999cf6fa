"""`manage.py bench`: the figures of the performance goals. They are measured on servers of their own, never on an installation's."""

import subprocess
import sys
from typing import Any

from django.core.management.base import BaseCommand

from compliance.configuration import CHECKOUT


class Command(BaseCommand):
    """Runs `python -m bench`, which starts what it needs."""

    help = "Print the figures of the performance goals, as ratios."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit as the bench does."""
        sys.exit(subprocess.run([sys.executable, "-m", "bench"], cwd=CHECKOUT, check=False).returncode)
