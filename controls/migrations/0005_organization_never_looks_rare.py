"""As in evidence: verdicts and points are found by their keys, also for an organization that came after the last statistics."""

from django.db import migrations

from compliance.tenancy.statistics import without_organization_statistics


class Migration(migrations.Migration):
    dependencies = [("controls", "0004_set_checked_keys")]
    operations = [
        without_organization_statistics("controls_verdict"),
        without_organization_statistics("controls_verdictpast"),
        without_organization_statistics("controls_checkpoint"),
    ]
