"""The one question the evaluator may ask across organizations: whose verdicts or streams run out by time."""

from django.db import migrations

DUE = """
CREATE FUNCTION plumbline_organizations_to_judge(at timestamptz) RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT v.organization_id FROM controls_verdict v WHERE v.holds_until <= at
  UNION SELECT s.organization_id FROM evidence_stream s WHERE s.stale_at <= at AND NOT s.stale_marked
  UNION SELECT o.organization_id FROM controls_occurrence o WHERE o.performed_at IS NULL AND o.late_at <= at AND NOT o.late_marked
  UNION SELECT w.organization_id FROM controls_waiver w WHERE w.until_at <= at AND w.ended_at IS NULL
  UNION SELECT r.organization_id FROM evidence_run r WHERE r.state = 'recorded'
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("controls", "0002_composite_keys")]
    operations = [migrations.RunSQL(DUE, "DROP FUNCTION plumbline_organizations_to_judge(timestamptz)")]
