"""The one question the sealer may ask across organizations: who has something to seal."""

from django.db import migrations

PENDING = """
CREATE FUNCTION plumbline_organizations_with_pending_leaves() RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT DISTINCT p.organization_id FROM vault_pendingleaf p
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]
    operations = [migrations.RunSQL(PENDING, "DROP FUNCTION plumbline_organizations_with_pending_leaves()")]
