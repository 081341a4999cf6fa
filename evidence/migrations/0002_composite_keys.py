"""Keys between evidence tables carry the organization."""

from django.db import migrations

from compliance.tenancy.composite import composite_key


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]
    operations = [
        composite_key("evidence_run", "source_id", "evidence_source"),
        composite_key("evidence_stream", "source_id", "evidence_source"),
        composite_key("evidence_runstream", "run_id", "evidence_run"),
        composite_key("evidence_runstream", "stream_id", "evidence_stream"),
        composite_key("evidence_ledgerentry", "run_id", "evidence_run"),
        composite_key("evidence_coverage", "stream_id", "evidence_stream"),
        composite_key("evidence_subject", "stream_id", "evidence_stream"),
        composite_key("evidence_record", "subject_id", "evidence_subject"),
        composite_key("evidence_record", "run_id", "evidence_run"),
    ]
