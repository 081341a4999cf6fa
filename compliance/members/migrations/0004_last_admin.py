"""An organization keeps an admin: asked at the end of every transaction that took an admin's role or membership away.

The organization's row is locked first, so that two admins cannot leave at the same moment, each counting on the other.
An organization that is removed as a whole, with its row, is free to go.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION plumbline_keeps_an_admin() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  PERFORM 1 FROM tenancy_organization WHERE id = OLD.organization_id FOR UPDATE;
  IF FOUND AND NOT EXISTS (SELECT 1 FROM members_membership WHERE organization_id = OLD.organization_id AND role = 'admin') THEN
    RAISE EXCEPTION 'an organization keeps at least one admin' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'membership_last_admin';
  END IF;
  RETURN NULL;
END $$;
"""

TRIGGERS = """
CREATE CONSTRAINT TRIGGER last_admin_demoted AFTER UPDATE ON members_membership DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.role = 'admin' AND NEW.role <> 'admin') EXECUTE FUNCTION plumbline_keeps_an_admin();
CREATE CONSTRAINT TRIGGER last_admin_removed AFTER DELETE ON members_membership DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.role = 'admin') EXECUTE FUNCTION plumbline_keeps_an_admin();
"""

UNDO = """
DROP TRIGGER last_admin_demoted ON members_membership;
DROP TRIGGER last_admin_removed ON members_membership;
DROP FUNCTION plumbline_keeps_an_admin();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0003_entrance_lookups")]
    operations = [migrations.RunSQL(FUNCTION + TRIGGERS, UNDO)]
