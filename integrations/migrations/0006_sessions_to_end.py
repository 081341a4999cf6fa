"""The question which organizations have pushes that were left open or died."""

from django.db import migrations

LEFT = """
CREATE FUNCTION plumbline_organizations_with_sessions_to_end(at timestamptz, died_before timestamptz)
RETURNS TABLE (organization_id uuid) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT DISTINCT s.organization_id FROM integrations_pushsession s
  WHERE (s.state = 'open' AND s.expires_at <= at) OR (s.state = 'recording' AND s.ended_at < died_before)
$$;
"""
DROP = "DROP FUNCTION plumbline_organizations_with_sessions_to_end(timestamptz, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("integrations", "0005_fed_sources")]
    operations = [migrations.RunSQL(LEFT, DROP)]
