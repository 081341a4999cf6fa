"""A stream that is read whole and holds exactly what it held last time need not be compared subject by subject.

Its digest stands for what is there only as long as nobody writes a subject of the stream; a trigger sees to that, whoever writes."""

from django.db import migrations, models

from compliance.tenancy.composite import few_keys

FORGET = """
CREATE FUNCTION plumbline_forget_whole_digest() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  UPDATE evidence_stream s SET whole_digest = '', subject_writes = s.subject_writes + 1
  WHERE s.id IN (SELECT DISTINCT w.stream_id FROM written w);
  RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER whole_digest_after_{event} AFTER {event} ON evidence_subject REFERENCING {rows} TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION plumbline_forget_whole_digest()
"""
EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}


class Migration(migrations.Migration):
    dependencies = [("evidence", "0008_populations"), ("tenancy", "0005_few_keys")]
    operations = [
        migrations.AddField("stream", "whole_digest", models.CharField(blank=True, default="", max_length=64), preserve_default=False),
        migrations.AddField("stream", "subject_writes", models.PositiveBigIntegerField(default=0)),
        migrations.RunSQL(FORGET, "DROP FUNCTION plumbline_forget_whole_digest()"),
        *(
            migrations.RunSQL(TRIGGER.format(event=event, rows=rows), f"DROP TRIGGER whole_digest_after_{event} ON evidence_subject")
            for event, rows in EVENTS.items()
        ),
        few_keys("evidence_subject", "stream_id", "evidence_stream"),
        few_keys("evidence_record", "run_id", "evidence_run"),
    ]
