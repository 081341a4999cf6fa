"""The primary key is the order in which pending leaves are appended: a second index of it cost each recording and served nobody."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_pending_organizations")]
    operations = [migrations.RemoveIndex(model_name="pendingleaf", name="pending_leaf_order")]
