"""Keys between tables of people carry the organization; those written by the hundred thousand are checked per statement."""

from django.db import migrations

from compliance.tenancy.composite import composite_key, set_checked_key


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("tenancy", "0003_set_checked_keys")]
    operations = [
        composite_key("people_account", "person_id", "people_person"),
        composite_key("people_pairing", "account_id", "people_account"),
        composite_key("people_pairing", "person_id", "people_person"),
        set_checked_key("people_pairing", "account_id", "people_account"),
        set_checked_key("people_pairing", "person_id", "people_person"),
        composite_key("people_decision", "account_id", "people_account"),
        composite_key("people_decision", "person_id", "people_person"),
        composite_key("people_decision", "owner_id", "people_person"),
        composite_key("people_registerentry", "person_id", "people_person"),
        composite_key("people_registerentry", "account_id", "people_account"),
    ]
