"""What the planner may know about tenant tables."""

from django.db import migrations


def without_organization_statistics(table: str) -> migrations.RunSQL:
    """Operation: no statistics are taken of `table`'s organization, so that PostgreSQL expects one row in two hundred of any of them
    (its default without statistics), never a single one."""
    alter = f'ALTER TABLE "{table}" ALTER COLUMN organization_id SET STATISTICS '
    return migrations.RunSQL(f"{alter} 0", f"{alter} -1")
