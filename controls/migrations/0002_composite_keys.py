"""Keys of verdicts carry the organization."""

from django.db import migrations

from compliance.tenancy.composite import composite_key


class Migration(migrations.Migration):
    dependencies = [("controls", "0001_initial"), ("evidence", "0002_composite_keys")]
    operations = [
        composite_key("controls_checkpoint", "check_row_id", "controls_check"),
        composite_key("controls_checkversion", "check_row_id", "controls_check"),
        composite_key("controls_verdict", "check_row_id", "controls_check"),
        composite_key("controls_verdict", "subject_id", "evidence_subject"),
        composite_key("controls_verdictpast", "check_row_id", "controls_check"),
        composite_key("controls_verdictpast", "subject_id", "evidence_subject"),
        composite_key("controls_controlcriterion", "control_id", "controls_control"),
        composite_key("controls_controlcheck", "control_id", "controls_control"),
        composite_key("controls_health", "control_id", "controls_control"),
        composite_key("controls_waiver", "check_row_id", "controls_check"),
        composite_key("controls_waiver", "subject_id", "evidence_subject"),
        composite_key("controls_occurrence", "control_id", "controls_control"),
        composite_key("controls_control", "owner_id", "members_membership"),
    ]
