"""Items of evidence may belong to a task."""

import django.db.models.deletion
from django.db import migrations, models

from compliance.tenancy.composite import composite_key

PLACES = ("control", "criterion", "occurrence", "task")


def only(place: str) -> models.Q:
    """That place is set and no other."""
    return models.Q(**{f"{each}__isnull": each != place for each in PLACES})


class Migration(migrations.Migration):
    dependencies = [("controls", "0007_item_link_keys"), ("work", "0003_composite_keys")]
    operations = [
        migrations.RemoveConstraint(model_name="itemlink", name="item_link_once"),
        migrations.RemoveConstraint(model_name="itemlink", name="item_link_one_place"),
        migrations.AddField(
            model_name="itemlink",
            name="task",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="work.task",
            ),
        ),
        migrations.AddIndex(
            model_name="itemlink",
            index=models.Index(condition=models.Q(("task__isnull", False)), fields=["organization", "task", "item"], name="item_link_task"),
        ),
        migrations.AddConstraint(
            model_name="itemlink",
            constraint=models.UniqueConstraint(
                fields=("organization", "item", "control", "criterion", "occurrence", "task"), name="item_link_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="itemlink",
            constraint=models.CheckConstraint(
                condition=only("control") | only("criterion") | only("occurrence") | only("task"), name="item_link_one_place"
            ),
        ),
        composite_key("controls_itemlink", "task_id", "work_task"),
    ]
