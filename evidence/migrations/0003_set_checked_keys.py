"""Keys of what is recorded by the hundred thousand are checked per statement, not per row."""

from django.db import migrations

from compliance.tenancy.composite import set_checked_key


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_composite_keys"), ("tenancy", "0003_set_checked_keys")]
    operations = [
        set_checked_key("evidence_subject", "stream_id", "evidence_stream"),
        set_checked_key("evidence_record", "subject_id", "evidence_subject"),
        set_checked_key("evidence_record", "run_id", "evidence_run"),
    ]
