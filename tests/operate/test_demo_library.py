"""What the demo company's people brought fits the library it is made for."""

from datetime import UTC, datetime

from compliance.operate.demo.evidence import bring_the_library, story
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.models import ItemLink
from controls.services.adoption import adopt_controls
from evidence.models import Item, ItemVersion

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_a_dozen_items_stand_at_their_controls(fernhill, tom, priya):
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=sorted({code for each in story() for code in each.controls}), now=NOW)
        assert bring_the_library(NOW) == 12
        assert set(Item.objects.values_list("kind", flat=True)) == {"file", "link", "statement"}
        assert Item.objects.filter(confidentiality="restricted").count() == 1
        assert ItemVersion.objects.count() == 14
        assert set(Item.objects.values_list("pk", flat=True)) == set(ItemLink.objects.values_list("item_id", flat=True))
        assert Item.objects.filter(due_at__lte=NOW).count() >= 1
