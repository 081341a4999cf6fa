"""Keys of verdicts are checked per statement, not per row: a first judging writes them by the hundred thousand."""

from django.db import migrations

from compliance.tenancy.composite import set_checked_key


class Migration(migrations.Migration):
    dependencies = [("controls", "0003_due_judgements"), ("evidence", "0003_set_checked_keys")]
    operations = [
        set_checked_key("controls_verdict", "check_row_id", "controls_check"),
        set_checked_key("controls_verdict", "subject_id", "evidence_subject"),
        set_checked_key("controls_verdictpast", "check_row_id", "controls_check"),
        set_checked_key("controls_verdictpast", "subject_id", "evidence_subject"),
        set_checked_key("controls_waiver", "subject_id", "evidence_subject"),
    ]
