"""Counts over all organizations, for the operator and for monitoring: numbers only, nobody's data."""

from django.db import migrations

FIGURES = """
CREATE FUNCTION plumbline_installation_figures(at timestamptz)
RETURNS TABLE (organizations bigint, users bigint, due bigint, leased bigint, oldest_due_seconds double precision, database_bytes bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT (SELECT count(*) FROM tenancy_organization),
         (SELECT count(*) FROM members_user WHERE is_active),
         (SELECT count(*) FROM plumbline_due_connections(at)),
         (SELECT count(*) FROM integrations_due d WHERE d.lease_until > at),
         coalesce((SELECT extract(epoch FROM at - min(d.next_run_at)) FROM integrations_due d
                   WHERE (d.organization_id, d.connection_id) IN (SELECT * FROM plumbline_due_connections(at))), 0)::double precision,
         pg_database_size(current_database())
$$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("tenancy", "0001_initial"), ("members", "0001_initial"), ("integrations", "0002_due_connections")]
    operations = [migrations.RunSQL(FIGURES, "DROP FUNCTION plumbline_installation_figures(timestamptz)")]
