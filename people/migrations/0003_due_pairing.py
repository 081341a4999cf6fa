"""Who waits to be judged waits also for a decision about an account to be taken into the joined facts."""

from django.db import migrations

DUE = """
CREATE OR REPLACE FUNCTION plumbline_organizations_to_judge(at timestamptz) RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT v.organization_id FROM controls_verdict v WHERE v.holds_until <= at
  UNION SELECT s.organization_id FROM evidence_stream s WHERE s.stale_at <= at AND NOT s.stale_marked
  UNION SELECT o.organization_id FROM controls_occurrence o WHERE o.performed_at IS NULL AND o.late_at <= at AND NOT o.late_marked
  UNION SELECT w.organization_id FROM controls_waiver w WHERE w.until_at <= at AND w.ended_at IS NULL
  UNION SELECT r.organization_id FROM evidence_run r WHERE r.state = 'recorded'{more}
$$;
"""
MORE = "\n  UNION SELECT p.organization_id FROM people_pairingdue p"


class Migration(migrations.Migration):
    dependencies = [("people", "0002_composite_keys"), ("controls", "0003_due_judgements")]
    operations = [migrations.RunSQL(DUE.format(more=MORE), DUE.format(more=""))]
