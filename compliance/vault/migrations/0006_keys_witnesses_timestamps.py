"""Several keys per log, what witnesses and time-stamping authorities add to checkpoints, and whether the log has a public page."""

import django.db.models.deletion
from django.db import migrations, models

import compliance.tenancy.scope
import compliance.tenancy.uuid7


def of_organization():
    """The columns of every tenant table."""
    return [
        ("id", models.UUIDField(default=compliance.tenancy.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
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
    ]


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_keys_joined"), ("vault", "0005_pending_packs")]
    operations = [
        migrations.RemoveConstraint(model_name="logkey", name="log_key_once"),
        migrations.AddField(model_name="logkey", name="from_size", field=models.BigIntegerField(default=0)),
        migrations.AddConstraint(
            model_name="logkey",
            constraint=models.UniqueConstraint(fields=("organization", "from_size"), name="log_key_from_size"),
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                *of_organization(),
                ("size", models.BigIntegerField()),
                ("witness", models.CharField(max_length=200)),
                ("line", models.TextField()),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization", "size", "witness"), name="cosignature_once")],
            },
        ),
        migrations.CreateModel(
            name="Timestamp",
            fields=[
                *of_organization(),
                ("size", models.BigIntegerField()),
                ("authority", models.CharField(max_length=300)),
                ("response", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization", "size"), name="timestamp_once")],
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                *of_organization(),
                ("public", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization",), name="publication_once")],
            },
        ),
    ]
