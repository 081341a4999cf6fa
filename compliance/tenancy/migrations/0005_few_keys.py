"""The check of keys per statement of which a column holds few different ones: a hundred thousand records of one run name one run.

A third argument `few` makes the check look up each different key once. Where nearly every key is another, as a record's subject is,
finding the different ones would only cost."""

from django.db import migrations

KEYS_IN_ORGANIZATION = """
CREATE OR REPLACE FUNCTION plumbline_keys_in_organization() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE stray uuid; keys text := 'written';
BEGIN
  IF TG_NARGS > 2 AND TG_ARGV[2] = 'few' THEN
    keys := format('(SELECT DISTINCT organization_id, %I FROM written)', TG_ARGV[0]);
  END IF;
  EXECUTE format(
    'SELECT w.%1$I FROM ' || keys || ' w LEFT JOIN %2$I t ON t.id = w.%1$I '
    'WHERE w.%1$I IS NOT NULL AND t.organization_id IS DISTINCT FROM w.organization_id LIMIT 1', TG_ARGV[0], TG_ARGV[1]) INTO stray;
  IF stray IS NOT NULL THEN
    RAISE EXCEPTION '% of % points at %, which is no row of % in the same organization', TG_ARGV[0], TG_TABLE_NAME, stray, TG_ARGV[1]
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_keys_joined")]
    operations = [migrations.RunSQL(KEYS_IN_ORGANIZATION, migrations.RunSQL.noop)]
