"""Keys of items carry the organization; what search reads is derived and indexed, the organization first.

Under row-level security the planner may not use an index for an operator that could leak what it compares, and those of text search
and arrays are such. So one function looks in the index with its owner's rights: it answers ids of the organization in scope only, of
items that the given role may know of, at most as many as asked for.
"""

from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations

from compliance.tenancy.composite import composite_key

VECTOR = """
ALTER TABLE evidence_itemtext ADD COLUMN search tsvector GENERATED ALWAYS AS (
  setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', about), 'B')
  || setweight(to_tsvector('english', body), 'D')
) STORED
"""
INDEXES = """
CREATE INDEX item_text_search ON evidence_itemtext USING gin (organization_id, search);
CREATE INDEX item_text_title ON evidence_itemtext USING gin (organization_id, title gin_trgm_ops);
CREATE INDEX item_tags ON evidence_item USING gin (organization_id, tags)
"""
FOUND = """
CREATE FUNCTION plumbline_found_items(role text, words text, part text, tag text, most integer)
RETURNS TABLE (item_id uuid, relevance real) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  organization uuid := NULLIF(current_setting('plumbline.organization_id', true), '')::uuid;
  wanted tsquery := to_tsquery('english', words);
BEGIN
  IF organization IS NULL THEN
    RETURN;
  ELSIF words = '' AND part = '' THEN
    RETURN QUERY EXECUTE
      'SELECT i.id, 0::real FROM evidence_item i WHERE i.organization_id = $1 AND i.tags @> ARRAY[$2::varchar] AND $3 = ANY(i.roles)
       ORDER BY i.revision DESC LIMIT $4' USING organization, tag, role, most;
  ELSIF words = '' THEN
    RETURN QUERY EXECUTE
      'SELECT i.id, similarity(t.title, $2) FROM evidence_itemtext t
       JOIN evidence_item i ON i.organization_id = t.organization_id AND i.id = t.item_id
       WHERE t.organization_id = $1 AND $2 <% t.title AND $4 = ANY(i.roles) AND ($3 = '''' OR i.tags @> ARRAY[$3::varchar])
       ORDER BY i.revision DESC LIMIT $5' USING organization, part, tag, role, most;
  ELSE
    RETURN QUERY EXECUTE
      'SELECT f.id, ts_rank(f.search, $2) FROM (
         SELECT i.id, t.search FROM evidence_itemtext t
         JOIN evidence_item i ON i.organization_id = t.organization_id AND i.id = t.item_id
         WHERE t.organization_id = $1 AND (t.search @@ $2 OR t.title ILIKE $3) AND $5 = ANY(i.roles)
           AND ($4 = '''' OR i.tags @> ARRAY[$4::varchar])
         ORDER BY i.revision DESC LIMIT $6) f'
      USING organization, wanted, '%' || part || '%', tag, role, most;
  END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0006_items_of_evidence"), ("tenancy", "0002_extensions")]
    operations = [
        BtreeGinExtension(),
        composite_key("evidence_item", "owner_id", "members_membership"),
        composite_key("evidence_itemversion", "item_id", "evidence_item"),
        composite_key("evidence_itemtext", "item_id", "evidence_item"),
        composite_key("evidence_sessionitem", "session_id", "evidence_itemsession"),
        migrations.RunSQL(VECTOR, "ALTER TABLE evidence_itemtext DROP COLUMN search"),
        migrations.RunSQL(INDEXES, "DROP INDEX item_text_search; DROP INDEX item_text_title; DROP INDEX item_tags"),
        migrations.RunSQL(FOUND, "DROP FUNCTION plumbline_found_items(text, text, text, text, integer)"),
    ]
