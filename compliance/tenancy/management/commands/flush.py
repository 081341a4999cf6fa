"""`flush` as the role that owns the tables."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from compliance.tenancy.postgres.creation import as_owner


class Command(flush.Command):
    """Django's command, run as owner; needs DATABASE_ADMIN_URL."""

    def handle(self, *args: Any, **options: Any) -> Any:
        """Run it as owner."""
        connection = connections[options["database"]]
        if connection.settings_dict["USER"] == (connection.settings_dict.get("OWNER") or {}).get("USER"):
            return super().handle(*args, **options)
        with as_owner(connection):
            return super().handle(*args, **options)
