"""Tasks from opening to their next repetition."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from compliance.members.models import Membership
from compliance.tenancy.scope import scope
from compliance.trail.models import Entry
from compliance.work.models import Comment, Delivery, Notice, Task, TaskStep
from compliance.work.services.comments import comment
from compliance.work.services.tasks import About, change_task, end_task, following, open_task, reopen_task, tick_step
from tests.conftest import actor_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def in_fernhill(fernhill, priya, tom):
    with scope(fernhill.pk):
        yield fernhill


def membership(user):
    return Membership.objects.get(user=user)


def test_a_task_given_to_tom_tells_tom_once_and_is_on_the_trail(in_fernhill, priya, tom):
    task = open_task(actor=actor_of(priya), title="Renew the DR plan", owner=membership(tom), due_at=NOW + timedelta(days=3), now=NOW)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.event, notice.path) == (membership(tom), "assigned", f"tasks/{task.pk}/")
    assert Delivery.objects.get().way == "email"
    assert Entry.objects.filter(name="task.opened").get().subject_name == "Renew the DR plan"


def test_a_task_for_oneself_tells_nobody(in_fernhill, priya):
    open_task(actor=actor_of(priya), title="Read the report", owner=membership(priya), due_at=None, now=NOW)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"due_at": NOW - timedelta(days=2)}, "due_at"),
        ({"repeats": "hourly"}, "repeats"),
        ({"repeats": "monthly", "due_at": None}, "due_at"),
        ({"steps": ["x"] * 51}, "steps"),
    ],
)
def test_what_cannot_be_agreed_is_refused_and_nothing_is_opened(in_fernhill, priya, wrong, field):
    given = {"title": "Renew", "owner": None, "due_at": NOW + timedelta(days=1), **wrong}
    with pytest.raises(ValidationError) as refused:
        open_task(actor=actor_of(priya), now=NOW, **given)
    assert set(refused.value.message_dict) == {field}
    assert not Task.objects.exists()


def test_a_member_of_another_organization_cannot_own_a_task(in_fernhill, brackwater, rival, priya):
    with scope(brackwater.pk):
        foreign = membership(rival)
    with pytest.raises(ValidationError, match="member of this organization"):
        open_task(actor=actor_of(priya), title="Renew", owner=foreign, due_at=None, now=NOW)


def test_a_task_with_open_steps_is_not_done_until_they_are_ticked(in_fernhill, priya):
    task = open_task(actor=actor_of(priya), title="Offboard", owner=None, due_at=None, steps=["Laptop back", " ", "Badge back"], now=NOW)
    first, second = TaskStep.objects.order_by("number")
    with pytest.raises(ValidationError, match="2 steps are still open"):
        end_task(actor=actor_of(priya), task=task, outcome="done", zone=BERLIN, now=NOW)
    for step in (first, second):
        tick_step(actor=actor_of(priya), step=step, done=True, now=NOW)
    assert end_task(actor=actor_of(priya), task=task, outcome="done", zone=BERLIN, now=NOW) is None
    assert (task.outcome, task.ended_by) == ("done", "Priya Natarajan")


def test_a_repeating_task_opens_its_next_when_it_is_done_and_not_when_it_is_dropped(in_fernhill, priya):
    due = datetime(2026, 1, 31, 17, 0, tzinfo=BERLIN)
    task = open_task(
        actor=actor_of(priya), title="Review", owner=None, due_at=due, repeats="monthly", steps=["Look"], now=due - timedelta(days=1)
    )
    tick_step(actor=actor_of(priya), step=TaskStep.objects.get(), done=True, now=due)
    following_task = end_task(actor=actor_of(priya), task=task, outcome="done", zone=BERLIN, now=due)
    assert following_task.due_at == datetime(2026, 2, 28, 17, 0, tzinfo=BERLIN)
    assert TaskStep.objects.get(task=following_task).done_at is None
    assert end_task(actor=actor_of(priya), task=following_task, outcome="dropped", note="Merged.", zone=BERLIN, now=due) is None
    assert Task.objects.count() == 2


def test_two_people_who_end_the_same_task_open_one_repetition(in_fernhill, priya):
    task = open_task(actor=actor_of(priya), title="Review", owner=None, due_at=NOW, repeats="weekly", now=NOW)
    stale = Task.objects.get()
    end_task(actor=actor_of(priya), task=task, outcome="done", zone=BERLIN, now=NOW)
    with pytest.raises(ValidationError, match="ended already"):
        end_task(actor=actor_of(priya), task=stale, outcome="done", zone=BERLIN, now=NOW)
    assert Task.objects.filter(ended_at=None).count() == 1


def test_dropping_needs_a_reason_and_so_does_opening_again(in_fernhill, priya):
    task = open_task(actor=actor_of(priya), title="Review", owner=None, due_at=None, now=NOW)
    with pytest.raises(ValidationError, match="why it is dropped"):
        end_task(actor=actor_of(priya), task=task, outcome="dropped", zone=BERLIN, now=NOW)
    end_task(actor=actor_of(priya), task=task, outcome="dropped", note="Not ours.", zone=BERLIN, now=NOW)
    with pytest.raises(ValidationError, match="why it is opened again"):
        reopen_task(actor=actor_of(priya), task=task, reason="", now=NOW)
    assert reopen_task(actor=actor_of(priya), task=task, reason="It is ours.", now=NOW).ended_at is None
    with pytest.raises(ValidationError, match="a few words"):
        change_task(actor=actor_of(priya), task=task, title="", detail="", owner=None, due_at=None, repeats="", now=NOW)


def test_the_next_day_keeps_the_clock_on_the_wall_over_a_change_of_the_clock():
    assert following(datetime(2026, 3, 26, 9, 0, tzinfo=BERLIN), "weekly", BERLIN) == datetime(2026, 4, 2, 9, 0, tzinfo=BERLIN)
    assert following(datetime(2024, 2, 29, 9, 0, tzinfo=BERLIN), "annual", BERLIN) == datetime(2025, 2, 28, 9, 0, tzinfo=BERLIN)
    assert following(datetime(2026, 12, 31, 9, 0, tzinfo=BERLIN), "quarterly", BERLIN) == datetime(2027, 3, 31, 9, 0, tzinfo=BERLIN)


def test_a_mention_tells_the_one_who_is_meant_and_never_the_author(in_fernhill, priya, tom):
    task = open_task(actor=actor_of(priya), title="Review", owner=None, due_at=None, now=NOW)
    about = About(kind="task", id=task.pk, name=task.title, path=f"tasks/{task.pk}/")
    comment(actor=actor_of(priya), author=membership(priya), about=about, text="@tom and @priya: look", now=NOW)
    assert [each.recipient for each in Notice.objects.all()] == [membership(tom)]
    assert Comment.objects.get().mentioned == ["Tom Okafor", "Priya Natarajan"]
    with pytest.raises(ValidationError, match="Write something"):
        comment(actor=actor_of(priya), author=None, about=about, text=" \n", now=NOW)
    assert Comment.objects.count() == 1
