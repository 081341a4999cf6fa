"""Pairs of organization and id stood in an index of their own for foreign keys only; the set-based check looks up the primary key."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_set_checked_keys"), ("controls", "0004_set_checked_keys")]
    operations = [
        migrations.RemoveConstraint(model_name="subject", name="subject_in_organization"),
        migrations.RemoveConstraint(model_name="record", name="record_in_organization"),
    ]
