"""The second wall: rights, row-level security, policies and the write trigger of every table, issued together as owner after
each migrate. Idempotent. A table that this step does not know is unreachable for the application role.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from compliance.tenancy.models import TenantModel

ORGANIZATION = "NULLIF(current_setting('plumbline.organization_id', true), '')::uuid"
USER = "NULLIF(current_setting('plumbline.user_id', true), '')::uuid"

NAMED_WRITE = """
CREATE OR REPLACE FUNCTION plumbline_named_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NULLIF(current_setting('plumbline.action_id', true), '') IS NULL THEN
    RAISE EXCEPTION '% on % outside an action', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$
"""


def tenant_models() -> Iterator[type[TenantModel]]:
    """Every concrete tenant table of the project."""
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, TenantModel):
            yield model


def build_walls(app_config: AppConfig, using: str, **_rest: Any) -> None:
    """Receiver of Django's post_migrate (sent by the tenancy app): issue everything, in one transaction, as owner."""
    connection = connections[using]
    application = connection.settings_dict.get("APPLICATION_ROLE", "plumbline_app")
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(NAMED_WRITE)
        cursor.execute("SELECT quote_ident(current_user)")
        owner = cursor.fetchone()[0]
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quote(application)}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quote(application)}")
        for model in apps.get_models(include_auto_created=True):
            if not model._meta.managed or model._meta.proxy:
                continue
            for statement in _statements(model, quote(application), owner, connection):
                cursor.execute(statement)
        cursor.execute(f"REVOKE ALL ON django_migrations FROM {quote(application)}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {quote(application)}")


def _statements(model: type[Model], application: str, owner: str, connection: BaseDatabaseWrapper) -> Iterator[str]:
    table = connection.ops.quote_name(model._meta.db_table)
    yield f"REVOKE ALL ON {table} FROM {application}"
    if not issubclass(model, TenantModel):
        rights = "SELECT" if getattr(model, "OWNER_WRITES", False) else "SELECT, INSERT, UPDATE, DELETE"
        yield f"GRANT {rights} ON {table} TO {application}"
        return
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS tenant ON {table}"
    yield (
        f"CREATE POLICY tenant ON {table} TO {application} USING (organization_id = {ORGANIZATION}) WITH CHECK (organization_id = {ORGANIZATION})"
    )
    yield f"DROP POLICY IF EXISTS maintenance ON {table}"
    yield f"CREATE POLICY maintenance ON {table} TO {owner} USING (true) WITH CHECK (true)"
    yield f"DROP POLICY IF EXISTS own_rows ON {table}"
    if user_column := getattr(model, "READABLE_BY_USER", ""):
        column = connection.ops.quote_name(user_column)
        yield f"CREATE POLICY own_rows ON {table} FOR SELECT TO {application} USING ({column} = {USER})"
    yield f"DROP TRIGGER IF EXISTS named_write ON {table}"
    if not model.OPERATIONAL:
        yield (
            f"CREATE TRIGGER named_write BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH STATEMENT "
            f"WHEN (current_user = '{application.strip(chr(34))}') EXECUTE FUNCTION plumbline_named_write()"
        )
    yield f"GRANT SELECT, INSERT{'' if model.INSERT_ONLY else ', UPDATE, DELETE'} ON {table} TO {application}"
