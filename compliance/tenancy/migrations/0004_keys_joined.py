"""The check of keys per statement joins what was written with its target, so that the planner, who knows how much was written, chooses
between looking each key up and reading the target once."""

from django.db import migrations

KEYS_IN_ORGANIZATION = """
CREATE OR REPLACE FUNCTION plumbline_keys_in_organization() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE stray uuid;
BEGIN
  EXECUTE format(
    'SELECT w.%1$I FROM written w LEFT JOIN %2$I t ON t.id = w.%1$I '
    'WHERE w.%1$I IS NOT NULL AND t.organization_id IS DISTINCT FROM w.organization_id LIMIT 1', TG_ARGV[0], TG_ARGV[1]) INTO stray;
  IF stray IS NOT NULL THEN
    RAISE EXCEPTION '% of % points at %, which is no row of % in the same organization', TG_ARGV[0], TG_TABLE_NAME, stray, TG_ARGV[1]
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_set_checked_keys")]
    operations = [migrations.RunSQL(KEYS_IN_ORGANIZATION, migrations.RunSQL.noop)]
