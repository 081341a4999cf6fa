"""Composite foreign keys between tenant tables.

Foreign-key checks bypass row-level security, so that a plain key would let a row of one organization point at another's. A key over
(organization_id, id) cannot.
"""

from django.db import migrations


def composite_key(table: str, column: str, target: str) -> migrations.RunSQL:
    """Operation: `table(organization_id, column)` references `target(organization_id, id)`; the target needs that unique pair."""
    add, drop = _constraint(table, column, target)
    return migrations.RunSQL(add, drop)


def set_checked_key(table: str, column: str, target: str) -> migrations.RunSQL:
    """Operation: the composite key of a table that is written 100,000 rows at a time becomes one check per statement.

    PostgreSQL looks up a foreign key row by row, which took longer than everything else in recording. Triggers hold the same rule for
    whole statements: no inserted row points outside its organization, keys are never changed, and what is pointed at cannot be deleted.
    """
    restore, drop = _constraint(table, column, target)
    checked, needed = f'"{table}_{column}_in_organization"', f'"{table}_{column}_needed"'
    stays, target_stays = f'"{table}_{column}_stays"', f'"{table}_{column}_target_stays"'
    moved = 'OLD."{0}" IS DISTINCT FROM NEW."{0}" OR OLD.organization_id IS DISTINCT FROM NEW.organization_id'
    forward = [
        drop,
        f'CREATE TRIGGER {checked} AFTER INSERT ON "{table}" REFERENCING NEW TABLE AS written FOR EACH STATEMENT '
        f"EXECUTE FUNCTION plumbline_keys_in_organization('{column}', '{target}')",
        f'CREATE TRIGGER {stays} BEFORE UPDATE OF "{column}", organization_id ON "{table}" FOR EACH ROW '
        f"WHEN ({moved.format(column)}) EXECUTE FUNCTION plumbline_key_stays()",
        f'CREATE TRIGGER {target_stays} BEFORE UPDATE OF id, organization_id ON "{target}" FOR EACH ROW '
        f"WHEN ({moved.format('id')}) EXECUTE FUNCTION plumbline_key_stays()",
        f'CREATE TRIGGER {needed} AFTER DELETE ON "{target}" REFERENCING OLD TABLE AS removed FOR EACH STATEMENT '
        f"EXECUTE FUNCTION plumbline_key_is_needed('{table}', '{column}')",
    ]
    backward = [
        *(f'DROP TRIGGER {name} ON "{table}"' for name in (checked, stays)),
        *(f'DROP TRIGGER {name} ON "{target}"' for name in (target_stays, needed)),
        restore,
    ]
    return migrations.RunSQL(forward, backward)


def few_keys(table: str, column: str, target: str) -> migrations.RunSQL:
    """Operation: the set-checked key `column` of `table` holds few different values per statement, so that each is looked up once."""
    checked = f'"{table}_{column}_in_organization"'
    drop = f'DROP TRIGGER {checked} ON "{table}"'
    create = (
        f'CREATE TRIGGER {checked} AFTER INSERT ON "{table}" REFERENCING NEW TABLE AS written FOR EACH STATEMENT '
        "EXECUTE FUNCTION plumbline_keys_in_organization('{0}')"
    )
    few, many = f"{column}', '{target}', 'few", f"{column}', '{target}"
    return migrations.RunSQL([drop, create.format(few)], [drop, create.format(many)])


def _constraint(table: str, column: str, target: str) -> tuple[str, str]:
    name = f"{table}_{column}_in_organization"
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (organization_id, "{column}") REFERENCES "{target}" (organization_id, id)',
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )
