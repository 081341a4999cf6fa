"""Tables are made by the owner role, used by the application role: also in tests, which run as the application role so that
they would notice broken row-level security."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.creation import DatabaseCreation


@contextmanager
def as_owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Reconnect as the owner role for the duration. Raises ImproperlyConfigured when no owner is configured, RuntimeError inside a
    transaction."""
    settings = connection.settings_dict
    owner = settings.get("OWNER")
    if not owner:
        raise ImproperlyConfigured(
            "DATABASE_ADMIN_URL is not set: migrations run as the role that owns the tables; set it for this command only"
        )
    if connection.in_atomic_block:
        raise RuntimeError("the role cannot change inside a transaction")
    application = {key: settings[key] for key in ("USER", "PASSWORD")}
    connection.close()
    settings.update({key: owner[key] for key in ("USER", "PASSWORD")})
    try:
        yield
    finally:
        connection.close()
        settings.update(application)


class OwnerCreates(DatabaseCreation):
    """Creates, clones and destroys test databases as the owner."""

    def _create_test_db(self, *args: Any, **kwargs: Any) -> Any:
        with as_owner(self.connection):
            return super()._create_test_db(*args, **kwargs)

    def _clone_test_db(self, *args: Any, **kwargs: Any) -> Any:
        with as_owner(self.connection):
            return super()._clone_test_db(*args, **kwargs)

    def _destroy_test_db(self, *args: Any, **kwargs: Any) -> Any:
        with as_owner(self.connection):
            return super()._destroy_test_db(*args, **kwargs)
