"""What deletion clears of each kind of target, over all storeys: observations, versions of items, and a person seen as a subject.

Runs inside `plumbline_execute_deletion`, as the owner of the tables; called by the application they fail for want of rights. Payload, salt
and digest go; ids, times and the salted hash that stands in the log stay.
"""

from django.db import migrations

TOLD = """
  INSERT INTO vault_tombstone (id, organization_id, kind, ref, request_id, at)
  SELECT uuidv7(), of_organization, '{kind}', id, of_request, now() FROM gone ON CONFLICT (organization_id, kind, ref) DO NOTHING
"""
CLEAR_RECORD = f"""
CREATE FUNCTION plumbline_clear_record(of_organization uuid, ids uuid[], of_request uuid) RETURNS bigint
LANGUAGE sql SET search_path = public AS $$
  WITH gone AS (
    UPDATE evidence_record r SET salt = NULL, fact = NULL, digest = NULL, pages = ''
    WHERE r.organization_id = of_organization AND r.id = ANY (ids) AND r.salt IS NOT NULL RETURNING r.id
  ), told AS ({TOLD.format(kind="record")})
  SELECT count(*) FROM gone
$$
"""
CLEAR_ITEM_VERSION = f"""
CREATE FUNCTION plumbline_clear_item_version(of_organization uuid, ids uuid[], of_request uuid) RETURNS bigint
LANGUAGE sql SET search_path = public AS $$
  SELECT plumbline_clear_statement(of_organization, ARRAY(
    SELECT s.id FROM vault_statement s WHERE s.organization_id = of_organization AND s.kind = 'item' AND s.ref = ANY (ids)), of_request);
  UPDATE evidence_itemtext x SET body = '' FROM evidence_itemversion v
    WHERE v.organization_id = of_organization AND v.id = ANY (ids) AND x.organization_id = of_organization AND x.item_id = v.item_id;
  WITH gone AS (
    UPDATE evidence_itemversion v SET digest = '', filename = 'deleted', note = '', stated_by = ''
    WHERE v.organization_id = of_organization AND v.id = ANY (ids) AND v.digest <> '' RETURNING v.id
  ), told AS ({TOLD.format(kind="item_version")})
  SELECT count(*) FROM gone
$$
"""
# A subject that is a person: every record of it, what it is called, what verdicts say of it, and the roster's copies. Its key becomes one
# that no vendor knows, so that the next complete look marks it as gone; should the vendor still have it, it comes as somebody new.
CLEAR_SUBJECT = f"""
CREATE FUNCTION plumbline_clear_subject(of_organization uuid, ids uuid[], of_request uuid) RETURNS bigint
LANGUAGE sql SET search_path = public AS $$
  SELECT plumbline_clear_record(of_organization, ARRAY(
    SELECT r.id FROM evidence_record r WHERE r.organization_id = of_organization AND r.subject_id = ANY (ids)), of_request);
  UPDATE controls_verdict v SET reason = 'deleted' WHERE v.organization_id = of_organization AND v.subject_id = ANY (ids);
  UPDATE controls_verdictpast v SET reason = 'deleted' WHERE v.organization_id = of_organization AND v.subject_id = ANY (ids);
  UPDATE people_person p SET key = 'deleted ' || p.id, name = 'Deleted person', email = '', employee_number = '', department = '',
    title = '', manager = '', location = '', records = '[]'::jsonb
    FROM evidence_subject s
    WHERE s.organization_id = of_organization AND s.id = ANY (ids) AND p.organization_id = of_organization AND p.records ? s.key;
  UPDATE people_account a SET key = 'deleted ' || a.id, login = '', email = '', name = 'Deleted account', explanation = ''
    WHERE a.organization_id = of_organization AND a.subject_id = ANY (ids);
  WITH gone AS (
    UPDATE evidence_subject s SET key = 'deleted ' || s.id, name = 'Deleted', digest = NULL
    WHERE s.organization_id = of_organization AND s.id = ANY (ids) RETURNING s.id
  ), told AS ({TOLD.format(kind="subject")})
  SELECT count(*) FROM gone
$$
"""
FUNCTIONS = ((CLEAR_RECORD, "record"), (CLEAR_ITEM_VERSION, "item_version"), (CLEAR_SUBJECT, "subject"))


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0008_deletion_by_two"),
        ("evidence", "0006_items_of_evidence"),
        ("controls", "0002_composite_keys"),
        ("people", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(create, f"DROP FUNCTION plumbline_clear_{kind}(uuid, uuid[], uuid)") for create, kind in FUNCTIONS
    ]
