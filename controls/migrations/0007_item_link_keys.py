"""Keys of links to items carry the organization."""

from django.db import migrations

from compliance.tenancy.composite import composite_key


class Migration(migrations.Migration):
    dependencies = [("controls", "0006_item_links"), ("evidence", "0007_item_search")]
    operations = [
        composite_key("controls_itemlink", "item_id", "evidence_item"),
        composite_key("controls_itemlink", "control_id", "controls_control"),
        composite_key("controls_itemlink", "occurrence_id", "controls_occurrence"),
    ]
