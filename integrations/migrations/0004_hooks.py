"""The one question an event may ask before any organization is in scope: where does this connection belong?

The answer opens nothing: the sender must then prove to hold the connection's secret, and only a re-read becomes due.
"""

from django.db import migrations

HOOK = """
CREATE FUNCTION plumbline_hook(wanted uuid, of_vendor text) RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT c.organization_id FROM integrations_connection c WHERE c.id = wanted AND c.vendor = of_vendor AND c.state = 'active'
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("integrations", "0003_regular_runs")]
    operations = [migrations.RunSQL(HOOK, "DROP FUNCTION plumbline_hook(uuid, text)")]
