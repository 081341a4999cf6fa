"""Keys between tables of work, and to members, carry the organization; and the one question the teller may ask across organizations."""

from django.db import migrations

from compliance.tenancy.composite import composite_key

TELL = """
CREATE FUNCTION plumbline_organizations_to_tell(at timestamptz) RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT d.organization_id FROM work_delivery d WHERE d.state IN ('waiting', 'sending') AND d.due_at <= at
  UNION SELECT r.organization_id FROM work_tellinground r WHERE r.next_at <= at
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("work", "0002_tasks_comments_notices"), ("members", "0004_last_admin")]
    operations = [
        composite_key("work_task", "owner_id", "members_membership"),
        composite_key("work_taskstep", "task_id", "work_task"),
        composite_key("work_notice", "recipient_id", "members_membership"),
        composite_key("work_delivery", "notice_id", "work_notice"),
        composite_key("work_preference", "member_id", "members_membership"),
        migrations.RunSQL(TELL, "DROP FUNCTION plumbline_organizations_to_tell(timestamptz)"),
    ]
