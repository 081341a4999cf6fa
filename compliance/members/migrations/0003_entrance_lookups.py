"""The two questions that are asked before any organization is in scope: whose invitation is this, whose token is this.

Each answers only for who holds the secret, and answers only where to look.
"""

from django.db import migrations

from compliance.tenancy.composite import composite_key

INVITATION = """
CREATE FUNCTION plumbline_invitation(wanted uuid, presented bytea) RETURNS TABLE (organization_id uuid, invitation_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT i.organization_id, i.id FROM members_invitation i WHERE i.id = wanted AND i.digest = presented
$$;
"""

TOKEN = """
CREATE FUNCTION plumbline_api_token(wanted uuid, presented bytea) RETURNS TABLE (organization_id uuid, user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT t.organization_id, m.user_id FROM members_apitoken t JOIN members_membership m ON m.id = t.membership_id
  WHERE t.id = wanted AND t.digest = presented
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0002_invitations_and_tokens")]
    operations = [
        migrations.RunSQL(INVITATION, "DROP FUNCTION plumbline_invitation(uuid, bytea)"),
        migrations.RunSQL(TOKEN, "DROP FUNCTION plumbline_api_token(uuid, bytea)"),
        composite_key("members_apitoken", "membership_id", "members_membership"),
        composite_key("members_tokenuse", "token_id", "members_apitoken"),
    ]
