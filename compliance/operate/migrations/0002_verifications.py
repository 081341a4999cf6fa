"""Verifications of everything that is kept, and the one question about them that crosses organizations: how the last one went."""

import django.db.models.deletion
from django.db import migrations, models

import compliance.tenancy.scope
import compliance.tenancy.uuid7

LAST = """
CREATE FUNCTION plumbline_last_verifications()
  RETURNS TABLE (organization_id uuid, started_at timestamptz, touched_at timestamptz, ended_at timestamptz, found int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT DISTINCT ON (v.organization_id) v.organization_id, v.started_at, v.touched_at, v.ended_at, v.found
  FROM operate_verification v ORDER BY v.organization_id, v.started_at DESC
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_keys_joined"), ("operate", "0001_clearing")]
    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.UUIDField(default=compliance.tenancy.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("place", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("findings", models.JSONField(default=list)),
                ("found", models.PositiveIntegerField(default=0)),
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
            options={
                "indexes": [models.Index(fields=["organization", "-started_at"], name="verification_latest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)), fields=("organization",), name="verification_one_open"
                    )
                ],
            },
        ),
        migrations.RunSQL(LAST, "DROP FUNCTION plumbline_last_verifications()"),
    ]
