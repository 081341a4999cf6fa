"""Composite foreign keys between tenant tables.

Foreign-key checks bypass row-level security, so that a plain key would let a row of one organization point at another's. A key over
(organization_id, id) cannot.
"""

from django.db import migrations


def composite_key(table: str, column: str, target: str) -> migrations.RunSQL:
    """Operation: `table(organization_id, column)` references `target(organization_id, id)`; the target needs that unique pair."""
    name = f"{table}_{column}_in_organization"
    return migrations.RunSQL(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (organization_id, "{column}") REFERENCES "{target}" (organization_id, id)',
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )
