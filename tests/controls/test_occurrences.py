"""Periodic controls: scheduled, performed in time or late, as a person sees it on the page."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.models import Control, Health, Occurrence
from controls.services.adoption import adopt_controls, library
from controls.services.occurrences import due_days
from controls.services.periods import set_period

PERIODIC = next(each.code for each in library().values() if each.frequency.value == "quarterly" and not each.deciding_checks)


@pytest.fixture
def control(fernhill):
    today = datetime.now(UTC).date()
    with scope(fernhill.pk):
        set_period(actor=SYSTEM, name="First", first_day=today - timedelta(days=200), last_day=today + timedelta(days=164))
        adopt_controls(actor=SYSTEM, codes=[PERIODIC], now=datetime.now(UTC))
        return Control.objects.get()


def test_a_quarterly_control_falls_due_four_times_in_a_year():
    year = list(due_days("quarterly", datetime(2026, 1, 1).date(), datetime(2026, 12, 31).date()))  # noqa: DTZ001  days have no zone
    assert [(start.month, end.month, end.day) for start, end in year] == [(1, 3, 31), (4, 6, 30), (7, 9, 30), (10, 12, 31)]


def test_scheduling_performing_and_missing_are_seen_on_the_page(fernhill, control, priya, browser_of):
    client = browser_of(priya)
    client.post(f"/fernhill/controls/{control.code}/occurrences/")
    with scope(fernhill.pk):
        occurrences = list(Occurrence.objects.order_by("due_at"))
        assert len(occurrences) >= 3
        assert Health.objects.get(until_at=None).state == "failed"  # the first ones are past due and nobody performed them
    for each in occurrences:
        if each.opens_at <= datetime.now(UTC):
            answer = client.post(f"/fernhill/controls/{control.code}/occurrences/{each.pk}/", {"note": "minutes filed"})
            assert answer.status_code == 302
    with scope(fernhill.pk):
        assert Health.objects.get(until_at=None).state == "met"  # the present one was performed in time
    page = client.get(f"/fernhill/controls/{control.code}/").content.decode()
    assert "minutes filed" in page and "Late" in page


def test_performing_twice_is_refused_and_a_viewer_may_not(fernhill, control, priya, vera, browser_of):
    client = browser_of(priya)
    client.post(f"/fernhill/controls/{control.code}/occurrences/")
    with scope(fernhill.pk):
        first = Occurrence.objects.order_by("due_at").first()
    address = f"/fernhill/controls/{control.code}/occurrences/{first.pk}/"
    assert browser_of(vera).post(address).status_code == 403
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 422
    with scope(fernhill.pk):
        assert Occurrence.objects.exclude(performed_at=None).count() == 1
