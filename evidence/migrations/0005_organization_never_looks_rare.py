"""The planner must not take an organization for a rare value.

Statistics know the organizations that were there when they were last taken. Of one that came since, PostgreSQL expects a single row, so
that reading all rows of the organization looks as cheap as reading one by its key: with row-level security's condition in every query,
it then compares each row of one table with each of another. Without statistics of the column it expects one row in two hundred instead.
"""

from django.db import migrations

from compliance.tenancy.statistics import without_organization_statistics


class Migration(migrations.Migration):
    dependencies = [("evidence", "0004_one_key_index")]
    operations = [without_organization_statistics("evidence_subject"), without_organization_statistics("evidence_record")]
