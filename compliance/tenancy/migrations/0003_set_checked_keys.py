"""Functions behind `compliance.tenancy.composite.set_checked_key`."""

from django.db import migrations

# Runs as owner so that the only way to find the target is its primary key: behind the policies the planner may choose an index that
# leads with the organization and read all of it for every row. It answers nothing, it only refuses.
KEYS_IN_ORGANIZATION = """
CREATE FUNCTION plumbline_keys_in_organization() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE stray uuid;
BEGIN
  EXECUTE format(
    'SELECT w.%1$I FROM (SELECT DISTINCT organization_id, %1$I FROM written WHERE %1$I IS NOT NULL) w '
    'WHERE (SELECT t.organization_id FROM %2$I t WHERE t.id = w.%1$I) IS DISTINCT FROM w.organization_id LIMIT 1',
    TG_ARGV[0], TG_ARGV[1]) INTO stray;
  IF stray IS NOT NULL THEN
    RAISE EXCEPTION '% of % points at %, which is no row of % in the same organization', TG_ARGV[0], TG_TABLE_NAME, stray, TG_ARGV[1]
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
"""
KEY_STAYS = """
CREATE FUNCTION plumbline_key_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'keys of % are never changed', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
END $$
"""
KEY_IS_NEEDED = """
CREATE FUNCTION plumbline_key_is_needed() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE needed uuid;
BEGIN
  EXECUTE format('SELECT r.id FROM removed r WHERE EXISTS '
    '(SELECT FROM %1$I p WHERE p.organization_id = r.organization_id AND p.%2$I = r.id) LIMIT 1', TG_ARGV[0], TG_ARGV[1]) INTO needed;
  IF needed IS NOT NULL THEN
    RAISE EXCEPTION '% of % is still pointed at by %', needed, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_extensions")]
    operations = [
        migrations.RunSQL(KEYS_IN_ORGANIZATION, "DROP FUNCTION plumbline_keys_in_organization()"),
        migrations.RunSQL(KEY_STAYS, "DROP FUNCTION plumbline_key_stays()"),
        migrations.RunSQL(KEY_IS_NEEDED, "DROP FUNCTION plumbline_key_is_needed()"),
    ]
