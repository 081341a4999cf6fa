"""`manage.py operator_link`: an address at which the first operator is made, once."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from compliance.members.services.operators import LINK_OPEN_FOR, new_operator_link


class Command(BaseCommand):
    """Prints the link. A link made before stops working."""

    help = "Print a link that makes one operator, once, within a day."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and print it."""
        link = new_operator_link(now=datetime.now(UTC))
        self.stdout.write(f"Open this within {LINK_OPEN_FOR.total_seconds() / 3600:.0f} hours; it works once:")
        self.stdout.write(link)
