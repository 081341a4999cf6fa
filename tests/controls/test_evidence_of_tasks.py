"""Evidence brought to a task, and to an occurrence from its row on the control's page, in one step each."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from compliance.members.models import Membership
from compliance.members.roles import Role
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from compliance.work.services.tasks import open_task
from controls.models import Control, ItemLink, Occurrence
from controls.services.adoption import adopt_controls, library
from controls.services.periods import set_period
from evidence.models import Item
from tests.conftest import arranging, member
from tests.evidence.library import brought

NOW = datetime.now(UTC)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def task(fernhill, tom):
    with scope(fernhill.pk):
        owner = Membership.objects.get(user=tom)
        return open_task(actor=SYSTEM, title="Renew the plan", owner=owner, due_at=None, now=NOW)


def text_of(answer):
    return answer.content.decode()


def test_a_file_is_brought_to_a_task_in_one_step_and_stands_on_its_page(fernhill, task, tom, priya, browser_of):
    toms = browser_of(tom)
    panel = f"/fernhill/evidence/panel/?task={task.pk}"
    assert f'href="{panel}"' in text_of(toms.get(f"/fernhill/tasks/{task.pk}/"))
    assert "Nothing was brought here yet" in text_of(toms.get(panel, **HTMX))
    file = SimpleUploadedFile("plan.txt", b"renewed\n")
    answer = toms.post("/fernhill/evidence/add/", {"file": file, "task": str(task.pk), "reason": "The renewed plan"})
    assert answer.status_code == 302
    with scope(fernhill.pk):
        link = ItemLink.objects.get()
        assert (link.task_id, link.control_id, link.criterion_id, link.occurrence_id) == (task.pk, None, None, None)
        assert Entry.objects.get(name="item.added").detail["links"] == ["Task: Renew the plan"]
    for page in (panel, answer["Location"], "/fernhill/evidence/"):
        assert toms.get(page).status_code == 200
    assert "The renewed plan" in text_of(toms.get(panel, **HTMX))
    assert f"/fernhill/tasks/{task.pk}/" in text_of(toms.get(answer["Location"]))
    csv = b"".join(browser_of(priya).get("/fernhill/evidence.csv").streaming_content).decode()
    assert "Plan" in csv and "Renew the plan" not in csv  # a task is neither control nor criterion


def test_it_is_linked_to_a_task_once_and_taken_off_again(fernhill, task, tom, browser_of):
    toms = browser_of(tom)
    with scope(fernhill.pk):
        item = brought("Plan", now=NOW)
    link = {"task": str(task.pk), "reason": "The plan"}
    assert toms.post(f"/fernhill/evidence/{item.pk}/links/", link).status_code == 302
    assert toms.post(f"/fernhill/evidence/{item.pk}/links/", {**link, "reason": "Again"}).status_code == 302
    with scope(fernhill.pk):
        made = ItemLink.objects.get()
        assert made.reason == "The plan"
    assert toms.post(f"/fernhill/evidence/{item.pk}/links/{made.pk}/remove/").status_code == 302
    with scope(fernhill.pk):
        assert not ItemLink.objects.exists() and Item.objects.exists()


@pytest.mark.parametrize("asked", ["nonsense", "018f0000-0000-7000-8000-00000000000f"])
def test_a_task_that_is_none_takes_nothing(fernhill, tom, browser_of, asked):
    toms = browser_of(tom)
    assert toms.get(f"/fernhill/evidence/panel/?task={asked}").status_code == 404
    assert toms.get(f"/fernhill/evidence/add/?task={asked}").status_code == 404
    answer = toms.post("/fernhill/evidence/add/", {"file": SimpleUploadedFile("a.txt", b"a"), "task": asked})
    assert answer.status_code == 422
    with scope(fernhill.pk):
        assert not Item.objects.exists()


def test_who_may_only_look_adds_nothing_and_an_employee_sees_no_slot(fernhill, task, vera, brackwater, rival, browser_of):
    panel = text_of(browser_of(vera).get(f"/fernhill/evidence/panel/?task={task.pk}"))
    assert "Drop files here" not in panel
    assert browser_of(rival).get(f"/brackwater/evidence/panel/?task={task.pk}").status_code == 404
    sam = member(fernhill, "Sam Carter", Role.EMPLOYEE)
    with arranging(fernhill):
        type(task).objects.update(owner=Membership.objects.get(user=sam))
    page = browser_of(sam).get(f"/fernhill/tasks/{task.pk}/")
    assert page.status_code == 200 and "evidence/panel" not in text_of(page)


def test_each_occurrence_opens_the_page_of_bringing_with_itself_preset(fernhill, tom, vera, browser_of):
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=[next(code for code, each in library().items() if each.frequency == "quarterly")], now=NOW)
        today = NOW.date()
        set_period(actor=SYSTEM, name="Year", first_day=today - timedelta(days=180), last_day=today + timedelta(days=180))
        control = Control.objects.get()
    with arranging(fernhill):
        due = Occurrence.objects.create(
            control=control, opens_at=NOW - timedelta(days=9), due_at=NOW + timedelta(days=1), late_at=NOW + timedelta(days=5)
        )
    toms, address = browser_of(tom), f"/fernhill/evidence/add/?occurrence={due.pk}"
    assert f'href="{address}"' in text_of(toms.get(f"/fernhill/controls/{control.code}/"))
    assert f'href="{address}"' not in text_of(browser_of(vera).get(f"/fernhill/controls/{control.code}/"))
    form = text_of(toms.get(address))
    assert f'value="{due.pk}"' in form and f"to {control.code}, due" in form
    answer = toms.post(address, {"file": SimpleUploadedFile("a.txt", b"a"), "occurrence": str(due.pk), "reason": "Minutes"})
    assert answer.status_code == 302
    with scope(fernhill.pk):
        assert ItemLink.objects.get().occurrence_id == due.pk
