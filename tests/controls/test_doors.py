"""What the roof asks of controls, evidence and connections through their selectors and services."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from compliance.operate.demo.manual import perform_the_past
from compliance.operate.demo.people import hire, share_out
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import OPERATOR
from compliance.trail.names import ActionName
from controls.models import Control, Occurrence
from controls.selectors.controls import controls_of_frequencies
from controls.services.adoption import adopt_controls, library
from evidence.models import Demand
from evidence.selectors.demand import demanded_kinds
from integrations.models import Due
from integrations.registry import load_connector
from integrations.selectors.connections import all_connections
from integrations.services.connections import _read_at, create_connection

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def inside(fernhill):
    """Fernhill in scope, with every control of the library."""
    with scope(fernhill.pk):
        adopt_controls(actor=OPERATOR, codes=library(), now=NOW - timedelta(days=200))
        yield fernhill


def test_adopting_twice_demands_each_kind_once(inside):
    before = Demand.objects.count()
    adopt_controls(actor=OPERATOR, codes=library(), now=NOW)
    assert before == Demand.objects.count() > 0
    assert demanded_kinds("aws") == sorted(set(Demand.objects.filter(vendor__in=["aws", ""]).values_list("kind", flat=True)))


def test_areas_are_shared_out_among_the_people_who_own_them(inside):
    members = hire()
    share_out(members)
    tom, jonas = members["tom@fernhill.example"], members["jonas@fernhill.example"]
    assert set(Control.objects.filter(area="change").values_list("owner", flat=True)) == {tom.pk}
    assert set(Control.objects.filter(area="access").values_list("owner", flat=True)) == {jonas.pk}


def test_periodic_controls_are_performed_by_hand_up_to_now_only(inside):
    share_out(hire())
    perform_the_past(date(2026, 1, 1), date(2026, 12, 31), inside.zone, NOW)
    performed = Occurrence.objects.exclude(performed_at=None)
    assert {each.frequency for each in controls_of_frequencies(("monthly", "annual"))} == {"monthly", "annual"}
    assert performed.count() > 0 and not performed.filter(performed_at__gt=NOW).exists()
    assert Occurrence.objects.filter(performed_at=None, due_at__gt=NOW + timedelta(days=40)).exists()


def test_a_connection_is_read_at_another_address_from_now_on_and_is_due(inside):
    given = {"organization": "fernhill", "token": "ghp_of_the_sandbox", "base_url": "http://127.0.0.1:1"}
    made = create_connection(
        actor=OPERATOR,
        vendor="github",
        name="GitHub",
        vendor_settings=load_connector("github").SETTINGS,
        given=given,
        external_id="",
        now=NOW,
    )
    Due.objects.filter(connection=made).update(next_run_at=NOW + timedelta(days=1), asked_by="Marta")
    with action(ActionName.CONNECTION_CHANGED, actor=OPERATOR):
        _read_at(made, {"base_url": "http://127.0.0.1:2"}, cadence_minutes=30, now=NOW)
    (kept,) = all_connections()
    assert (kept.settings["base_url"], kept.settings["organization"], kept.cadence_minutes) == ("http://127.0.0.1:2", "fernhill", 30)
    due = Due.objects.get(connection=made)
    assert (due.next_run_at, due.asked_by) == (NOW, "")


def test_the_palette_finds_controls_and_criteria_and_nothing_of_the_rival(inside, vera, rival, browser_of, brackwater):
    control = Control.objects.order_by("code").first()
    hits = browser_of(vera).get(reverse("palette", args=["fernhill"]), {"q": control.code}).json()
    assert f"{control.code} {control.title}" in {each["title"] for each in hits if each["group"] == "Controls"}
    criteria = browser_of(vera).get(reverse("palette", args=["fernhill"]), {"q": "CC6"}).json()
    assert {each["title"][:3] for each in criteria if each["group"] == "Criteria"} == {"CC6"}
    assert browser_of(rival).get(reverse("palette", args=["brackwater"]), {"q": control.code}).json() == []
