"""Pages of tasks and notices."""

import pytest

from compliance.members.models import Membership
from compliance.members.roles import Role
from compliance.tenancy.scope import scope
from compliance.work.models import Task, TeamWebhook
from tests.conftest import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def priyas(browser_of, priya):
    return browser_of(priya)


def membership_of(organization, user):
    with scope(organization.pk):
        return Membership.objects.get(user=user)


def opened(priyas, fernhill, **given):
    priyas.post("/fernhill/tasks/new/", {"title": "Renew the plan", **given})
    with scope(fernhill.pk):
        return Task.objects.get()


def test_a_task_goes_from_the_form_through_its_checklist_to_done(fernhill, priyas, priya):
    task = opened(
        priyas, fernhill, owner=str(membership_of(fernhill, priya).pk), due="2030-01-31", repeats="monthly", steps="Read it\nSign it"
    )
    page = f"/fernhill/tasks/{task.pk}/"
    refused = priyas.post(f"{page}end/", {"outcome": "done"}, follow=True).content.decode()
    assert "2 steps are still open" in refused
    for number in (1, 2):
        priyas.post(f"{page}steps/{number}/", {"done": "yes"})
    done = priyas.post(f"{page}end/", {"outcome": "done"}, follow=True).content.decode()
    assert "The next one is open" in done
    with scope(fernhill.pk):
        assert f"{Task.objects.get(ended_at=None).due_at.astimezone(fernhill.zone):%Y-%m-%d %H:%M}" == "2030-02-28 23:59"


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(fernhill, priyas):
    answer = priyas.post("/fernhill/tasks/new/", {"title": "Renew", "due": "2001-01-01", "detail": "as typed"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "That day has passed" in page and "as typed" in page
    with scope(fernhill.pk):
        assert not Task.objects.exists()


def test_script_in_a_task_or_comment_is_text(fernhill, priyas):
    task = opened(priyas, fernhill, title="<script>alert(1)</script>")
    priyas.post(f"/fernhill/tasks/{task.pk}/comments/", {"text": "<img src=x onerror=alert(1)>"})
    page = priyas.get(f"/fernhill/tasks/{task.pk}/").content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_an_employee_sees_the_own_task_only(fernhill, priyas, browser_of):
    sam = member(fernhill, "Sam Carter", Role.EMPLOYEE)
    task = opened(priyas, fernhill, owner=str(membership_of(fernhill, sam).pk))
    sams = browser_of(sam)
    assert "Renew the plan" in sams.get("/fernhill/work/").content.decode()
    assert sams.get(f"/fernhill/tasks/{task.pk}/").status_code == 200
    priyas.post(f"/fernhill/tasks/{task.pk}/change/", {"title": "Renew the plan", "owner": ""})
    assert sams.get(f"/fernhill/tasks/{task.pk}/").status_code == 404
    assert sams.get("/", follow=True).redirect_chain[-1][0] == "/fernhill/work/"


def test_the_bell_shows_what_is_unread_until_it_is_read(fernhill, priyas, tom, browser_of):
    opened(priyas, fernhill, owner=str(membership_of(fernhill, tom).pk))
    toms = browser_of(tom)
    assert "Notifications, 1 unread" in toms.get("/fernhill/controls/").content.decode()
    assert "gave you a task" in toms.get("/fernhill/notifications/").content.decode()
    toms.post("/fernhill/notifications/")
    assert "unread" not in toms.get("/fernhill/controls/").content.decode()


def test_a_channel_is_added_without_ever_showing_its_address_again(fernhill, marta, browser_of):
    martas = browser_of(marta)
    given = {"form": "webhook", "name": "#soc2", "way": "slack", "url": "https://hooks.slack.example/T/secret", "events": ["failed"]}
    page = martas.post("/fernhill/settings/notifications/", given, follow=True).content.decode()
    assert "hooks.slack.example" in page and "secret" not in page
    with scope(fernhill.pk):
        hook = TeamWebhook.objects.get()
    martas.post(f"/fernhill/settings/notifications/{hook.pk}/remove/")
    with scope(fernhill.pk):
        assert not TeamWebhook.objects.exists()


def test_a_wish_that_cannot_be_kept_is_said(fernhill, priyas):
    answer = priyas.post(
        "/fernhill/notifications/preferences/",
        {"mail": "digest", "digest_hour": "8", "quiet_from": "20", "quiet_until": "7", "zone": "Mars", "daily_budget": "5"},
    )
    assert answer.status_code == 422
    assert "Mars" in answer.content.decode()
