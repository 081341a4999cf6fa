"""Keys that carry the organization, and the one question the scheduler may ask across organizations."""

from django.db import migrations

from compliance.tenancy.composite import composite_key

DUE = """
CREATE FUNCTION plumbline_due_connections(at timestamptz) RETURNS TABLE (organization_id uuid, connection_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT d.organization_id, d.connection_id
  FROM integrations_due d JOIN integrations_connection c ON c.organization_id = d.organization_id AND c.id = d.connection_id
  WHERE d.next_run_at <= at AND c.state = 'active' AND (d.lease_until IS NULL OR d.lease_until <= at)
  ORDER BY d.next_run_at
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial")]
    operations = [
        composite_key("integrations_credential", "connection_id", "integrations_connection"),
        composite_key("integrations_due", "connection_id", "integrations_connection"),
        migrations.RunSQL(DUE, "DROP FUNCTION plumbline_due_connections(timestamptz)"),
    ]
