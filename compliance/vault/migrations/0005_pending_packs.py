"""Leaves of a recording wait by the thousand in one row: a row each cost a tenth of the whole recording."""

import django.db.models.deletion
from django.db import migrations, models

import compliance.tenancy.scope
import compliance.tenancy.uuid7

PENDING = """
CREATE OR REPLACE FUNCTION plumbline_organizations_with_pending_leaves() RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT p.organization_id FROM vault_pendingleaf p UNION SELECT p.organization_id FROM vault_pendingpack p
$$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION plumbline_organizations_with_pending_leaves() RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT DISTINCT p.organization_id FROM vault_pendingleaf p
$$;
"""
WHOLE_LEAVES = "octet_length(leaves) > 0 AND octet_length(leaves) % 48 = 0"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_keys_joined"), ("vault", "0004_statements")]
    operations = [
        migrations.CreateModel(
            name="PendingPack",
            fields=[
                ("id", models.UUIDField(default=compliance.tenancy.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=30)),
                ("at", models.DateTimeField()),
                ("leaves", models.BinaryField()),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=compliance.tenancy.scope.organization_id,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunSQL(
            [
                f"ALTER TABLE vault_pendingpack ADD CONSTRAINT vault_pendingpack_whole_leaves CHECK ({WHOLE_LEAVES})",
                # Hashes and random numbers do not compress: PostgreSQL need not try
                "ALTER TABLE vault_pendingpack ALTER COLUMN leaves SET STORAGE EXTERNAL",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(PENDING, BEFORE),
    ]
