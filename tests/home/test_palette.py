"""What the palette finds, and for whom."""

from datetime import UTC, datetime

import pytest

from compliance.members.models import Membership
from compliance.members.roles import Role
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.work.services.tasks import open_task
from evidence.services.populations import freeze_population
from tests.conftest import member
from tests.evidence.library import brought
from tests.evidence.looking import NOON, look
from tests.evidence.looking import member as account
from tests.evidence.test_populations import APRIL, asked

NOW = datetime.now(UTC)


@pytest.fixture
def found(fernhill, tom, browser_of):
    """Asks the palette as somebody; there are two items, a task of Tom's and a population."""
    with scope(fernhill.pk):
        brought("Quarterly access review", b"signed by Okonkwo\n", "review.txt", now=NOW)
        brought("Salaries of the quarterly review", b"pay\n", "pay.txt", now=NOW, roles=["executive"])
        owner = Membership.objects.get(user=tom)
        open_task(actor=SYSTEM, title="Prepare the quarterly review", detail="", owner=owner, due_at=None, repeats="", steps=[], now=NOW)
        look(account("ada"), at=NOON)
        title = "Users of the quarterly review"
        freeze_population(asked("users"), actor=SYSTEM, title=title, now=APRIL)

    def ask(user, query):
        hits = browser_of(user).get("/fernhill/palette/", {"q": query}).json()
        return {(hit["group"], hit["title"]) for hit in hits}

    return ask


def test_items_tasks_and_populations_are_found_and_what_is_restricted_is_not(found, vera, priya):
    seen = {
        ("Evidence", "Quarterly access review"), ("Tasks", "Prepare the quarterly review"), ("Populations", "Users of the quarterly review"),
    }  # fmt: skip
    assert found(vera, "quarterly") == seen
    assert found(priya, "quarterly") == {*seen, ("Evidence", "Salaries of the quarterly review")}
    assert found(vera, "okonkwo") == {("Evidence", "Quarterly access review")}
    assert found(vera, "quarterly\0") == seen


def test_an_employee_finds_no_task_of_others_and_nothing_of_the_programme(found, fernhill):
    assert found(member(fernhill, "Sam Carter", Role.EMPLOYEE), "quarterly") == set()


def test_the_rival_finds_nothing(found, fernhill, rival, browser_of):
    assert browser_of(rival).get("/fernhill/palette/", {"q": "quarterly"}).status_code == 404
