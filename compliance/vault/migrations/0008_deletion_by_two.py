"""Deletion is done by the database's own function alone, which demands a request, its approval by somebody else, and no legal hold.

The application has neither UPDATE nor DELETE on what is kept. `plumbline_execute_deletion` runs as owner; each kind of target has a
function `plumbline_clear_<kind>(organization, ids, request)` that runs inside it, so that a room adds its own kinds with a migration.
"""

from django.db import migrations

from compliance.tenancy.composite import composite_key

ORGANIZATION = "NULLIF(current_setting('plumbline.organization_id', true), '')::uuid"
USER = "NULLIF(current_setting('plumbline.user_id', true), '')::uuid"

# Who asks, and who decides, is who is signed in; the two are never the same. Runs as the caller: the policies let it see its own rows.
REQUESTED = f"""
CREATE FUNCTION plumbline_deletion_requested() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$ BEGIN
  IF NEW.requested_by_id IS DISTINCT FROM {USER} THEN
    RAISE EXCEPTION 'a deletion is asked for by who is signed in' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$
"""
DECIDED = f"""
CREATE FUNCTION plumbline_deletion_decided() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE asked vault_deletionrequest;
BEGIN
  SELECT * INTO asked FROM vault_deletionrequest r WHERE r.organization_id = NEW.organization_id AND r.id = NEW.request_id;
  IF asked.id IS NULL THEN
    RAISE EXCEPTION 'there is no such request' USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF NEW.step = 'executed' THEN
    IF current_user <> (SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'vault_deletionstep') THEN
      RAISE EXCEPTION 'only plumbline_execute_deletion writes that' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.by_id IS DISTINCT FROM {USER} THEN
    RAISE EXCEPTION 'a deletion is decided by who is signed in' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.step IN ('approved', 'refused') AND NEW.by_id = asked.requested_by_id THEN
    RAISE EXCEPTION 'whoever asks for a deletion does not decide it' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$
"""
# What is written of a request after it was approved could not have been approved.
TARGETED = """
CREATE FUNCTION plumbline_deletion_targeted() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$ BEGIN
  IF EXISTS (SELECT FROM written w JOIN vault_deletionstep s ON s.organization_id = w.organization_id AND s.request_id = w.request_id) THEN
    RAISE EXCEPTION 'the request is decided: ask anew' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$
"""
ONLY_OWNER = """
CREATE FUNCTION plumbline_only_owner() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$ BEGIN
  IF current_user <> (SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = TG_TABLE_NAME) THEN
    RAISE EXCEPTION 'rows of % are written by plumbline_execute_deletion only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$
"""
TRIGGERS = (
    "CREATE TRIGGER requested BEFORE INSERT ON vault_deletionrequest FOR EACH ROW EXECUTE FUNCTION plumbline_deletion_requested()",
    "CREATE TRIGGER decided BEFORE INSERT ON vault_deletionstep FOR EACH ROW EXECUTE FUNCTION plumbline_deletion_decided()",
    "CREATE TRIGGER targeted AFTER INSERT ON vault_deletiontarget REFERENCING NEW TABLE AS written FOR EACH STATEMENT "
    "EXECUTE FUNCTION plumbline_deletion_targeted()",
    "CREATE TRIGGER only_owner BEFORE INSERT ON vault_tombstone FOR EACH STATEMENT EXECUTE FUNCTION plumbline_only_owner()",
)
HELD = """
CREATE FUNCTION plumbline_holds_of_deletion(of_organization uuid, of_request uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SET search_path = public AS $$
  SELECT h.id FROM vault_legalhold h
  WHERE h.organization_id = of_organization AND h.lifted_at IS NULL AND EXISTS (
    SELECT FROM vault_deletiontarget t WHERE t.organization_id = of_organization AND t.request_id = of_request
      AND (h.kind = '' OR h.kind = t.kind)
      AND (h.about_id IS NULL OR h.about_id = t.target_id OR h.about_id = ANY (t.abouts)))
$$
"""
EXECUTE = f"""
CREATE FUNCTION plumbline_execute_deletion(of_request uuid, executor uuid, executor_name text) RETURNS TABLE (kind text, cleared bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  of_organization uuid := {ORGANIZATION};
  asked vault_deletionrequest;
  approval vault_deletionstep;
  each_kind text;
BEGIN
  IF of_organization IS NULL OR NULLIF(current_setting('plumbline.action_id', true), '') IS NULL THEN
    RAISE EXCEPTION 'a deletion outside an action' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- The row lock makes a second executor wait, and then find it executed
  SELECT * INTO asked FROM vault_deletionrequest r WHERE r.organization_id = of_organization AND r.id = of_request FOR UPDATE;
  SELECT * INTO approval FROM vault_deletionstep s
    WHERE s.organization_id = of_organization AND s.request_id = of_request AND s.step = 'approved';
  IF asked.id IS NULL OR approval.id IS NULL OR approval.by_id IS NULL OR approval.by_id = asked.requested_by_id THEN
    RAISE EXCEPTION 'the deletion is not approved by a second person' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM vault_deletionstep s WHERE s.organization_id = of_organization AND s.request_id = of_request AND s.step = 'executed') THEN
    RAISE EXCEPTION 'the deletion is executed already' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- A hold that is being placed waits for us, or we for it
  LOCK TABLE vault_legalhold IN SHARE MODE;
  IF EXISTS (SELECT FROM plumbline_holds_of_deletion(of_organization, of_request)) THEN
    RAISE EXCEPTION 'a legal hold covers what would be deleted' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF asked.purpose <> 'erasure' AND EXISTS (
    SELECT FROM vault_deletiontarget t WHERE t.organization_id = of_organization AND t.request_id = of_request
      AND (t.keep_until IS NULL OR t.keep_until > now())) THEN
    RAISE EXCEPTION 'retention has not ended for all of it' USING ERRCODE = 'insufficient_privilege';
  END IF;
  FOR each_kind IN SELECT DISTINCT t.kind FROM vault_deletiontarget t
    WHERE t.organization_id = of_organization AND t.request_id = of_request ORDER BY 1
  LOOP
    EXECUTE format('SELECT %I($1, $2, $3)', 'plumbline_clear_' || each_kind) INTO cleared USING of_organization,
      ARRAY(SELECT t.target_id FROM vault_deletiontarget t
            WHERE t.organization_id = of_organization AND t.request_id = of_request AND t.kind = each_kind), of_request;
    kind := each_kind;
    RETURN NEXT;
  END LOOP;
  INSERT INTO vault_deletionstep (id, organization_id, request_id, step, at, by_id, by, note)
  VALUES (uuidv7(), of_organization, of_request, 'executed', now(), executor, executor_name, '');
END $$
"""
CLEAR_STATEMENT = """
CREATE FUNCTION plumbline_clear_statement(of_organization uuid, ids uuid[], of_request uuid) RETURNS bigint
LANGUAGE sql SET search_path = public AS $$
  WITH gone AS (
    UPDATE vault_statement s SET salt = NULL, payload = NULL
    WHERE s.organization_id = of_organization AND s.id = ANY (ids) AND s.salt IS NOT NULL RETURNING s.id
  ), told AS (
    INSERT INTO vault_tombstone (id, organization_id, kind, ref, request_id, at)
    SELECT uuidv7(), of_organization, 'statement', id, of_request, now() FROM gone
    ON CONFLICT (organization_id, kind, ref) DO NOTHING
  )
  SELECT count(*) FROM gone
$$
"""
# A blob's statement names its digest: it goes with it. The row goes too, so that the same bytes can be kept anew one day.
CLEAR_BLOB = """
CREATE FUNCTION plumbline_clear_blob(of_organization uuid, ids uuid[], of_request uuid) RETURNS bigint
LANGUAGE sql SET search_path = public AS $$
  SELECT plumbline_clear_statement(of_organization, ARRAY(
    SELECT s.id FROM vault_statement s WHERE s.organization_id = of_organization AND s.kind = 'blob' AND s.ref = ANY (ids)), of_request);
  WITH gone AS (
    DELETE FROM vault_blob b WHERE b.organization_id = of_organization AND b.id = ANY (ids) RETURNING b.id, b.digest, b.size
  ), told AS (
    INSERT INTO vault_tombstone (id, organization_id, kind, ref, request_id, at, size, address, pending_digest)
    SELECT uuidv7(), of_organization, 'blob', id, of_request, now(), size, sha256(digest), digest FROM gone
    ON CONFLICT (organization_id, kind, ref) DO NOTHING
  )
  SELECT count(*) FROM gone
$$
"""
REMOVED = f"""
CREATE FUNCTION plumbline_bytes_removed(tombstones uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$ BEGIN
  IF NULLIF(current_setting('plumbline.action_id', true), '') IS NULL THEN
    RAISE EXCEPTION 'a deletion outside an action' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE vault_tombstone t SET pending_digest = NULL WHERE t.organization_id = {ORGANIZATION} AND t.id = ANY (tombstones);
END $$
"""
# Asked without a scope by the tick: who has bytes that should be gone from the store.
PENDING = """
CREATE FUNCTION plumbline_organizations_with_bytes_to_remove() RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT DISTINCT t.organization_id FROM vault_tombstone t WHERE t.pending_digest IS NOT NULL
$$
"""
FUNCTIONS = (
    (REQUESTED, "plumbline_deletion_requested()"),
    (DECIDED, "plumbline_deletion_decided()"),
    (TARGETED, "plumbline_deletion_targeted()"),
    (ONLY_OWNER, "plumbline_only_owner()"),
    (HELD, "plumbline_holds_of_deletion(uuid, uuid)"),
    (CLEAR_STATEMENT, "plumbline_clear_statement(uuid, uuid[], uuid)"),
    (CLEAR_BLOB, "plumbline_clear_blob(uuid, uuid[], uuid)"),
    (EXECUTE, "plumbline_execute_deletion(uuid, uuid, text)"),
    (REMOVED, "plumbline_bytes_removed(uuid[])"),
    (PENDING, "plumbline_organizations_with_bytes_to_remove()"),
)


class Migration(migrations.Migration):
    dependencies = [("vault", "0007_keeping")]
    operations = [
        *(migrations.RunSQL(create, f"DROP FUNCTION {name} CASCADE") for create, name in FUNCTIONS),
        *(migrations.RunSQL(trigger, migrations.RunSQL.noop) for trigger in TRIGGERS),
        *(
            composite_key(table, "request_id", "vault_deletionrequest")
            for table in ("vault_deletiontarget", "vault_deletionstep", "vault_tombstone")
        ),
    ]
