"""Pages over a programme with history: what they say, what they cost, and what bad questions are answered."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from compliance.members.models import Membership
from compliance.members.roles import Role
from compliance.tenancy.scope import scope
from controls.services.adoption import library
from evidence.models import Stream, Subject
from tests.conftest import arranging
from tests.home.programme import programme

BUDGET = {"": 7, "controls/": 7, "controls/AC-07/": 9}  # statements, one of them only where a stream ran out unmarked


def codes(number: int) -> list[str]:
    """AC-07, whose checks the looks decide, and the first others of the library."""
    return ["AC-07", *[code for code in library() if code != "AC-07"][: number - 1]]


def statements(client, path: str) -> int:
    """How many statements the page takes once caches are warm."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(database) as taken:
        client.get(path)
    return len(taken)


OTHERS = {"checks/aws.iam.console_user_mfa/": 14, "checks/": 7, "criteria/": 9, "settings/trail/": 7, "log/": 12, "periods/": 8}


@pytest.fixture
def priyas(browser_of, priya):
    return browser_of(priya)


def test_an_empty_organization_is_told_what_comes_first(fernhill, priyas):
    page = priyas.get("/fernhill/").content.decode()
    assert "Three steps to the first green control" in page
    assert page.index("Choose the observation period") < page.index("Adopt controls") < page.index("Connect a system")


def test_a_viewer_of_an_empty_organization_is_offered_no_button_that_is_refused(fernhill, vera, browser_of):
    page = browser_of(vera).get("/fernhill/").content.decode()
    assert "Three steps" in page
    assert "Open the library" not in page


def test_the_overview_names_the_failing_control_the_problem_and_the_days(fernhill, priyas):
    programme(fernhill, codes(3), looks=3)
    page = priyas.get("/fernhill/").content.decode()
    assert "of 3 controls need you" in page or "No control needs you" in page
    assert "Production cannot be read: 3 checks cannot be relied upon" in page
    assert "Control-days so far" in page


@pytest.mark.parametrize(
    "path", ["", "controls/", "controls/AC-07/", "checks/aws.iam.console_user_mfa/", "criteria/", "connections/", "log/"]
)
def test_no_word_of_praise_stands_on_a_page(fernhill, priyas, path):
    programme(fernhill, codes(2), looks=2)
    page = priyas.get(f"/fernhill/{path}").content.decode().casefold()
    assert "compliant" not in page
    assert "certified" not in page


def test_a_page_takes_no_more_statements_for_fifty_controls_and_two_years_than_for_one_control_and_two_days(
    fernhill, brackwater, priya, priyas
):
    programme(fernhill, codes(1), looks=2)
    programme(brackwater, codes(50), looks=25, days_between=30)
    with arranging(brackwater):
        Membership.objects.create(user=priya, role=Role.COMPLIANCE_MANAGER)
    for path, most in BUDGET.items():
        one, fifty = statements(priyas, f"/fernhill/{path}"), statements(priyas, f"/brackwater/{path}")
        assert fifty <= most, path
        assert fifty - one <= 1, path  # who fails is asked only where something fails


def test_the_other_pages_take_a_bounded_number_of_statements(fernhill, priyas):
    programme(fernhill, codes(5), looks=4)
    with scope(fernhill.pk):
        subject = Subject.objects.filter(stream__kind="account").first()
    for path, most in {**OTHERS, f"subjects/{subject.pk}/": 10}.items():
        assert statements(priyas, f"/fernhill/{path}") <= most, path


def test_pages_of_the_past_and_of_a_dead_worker_stay_within_ten_statements(fernhill, priyas):
    programme(fernhill, codes(5), looks=4, days_between=2)
    with arranging(fernhill):
        Stream.objects.update(stale_at=timezone.now() - timedelta(hours=1), stale_marked=False)
    yesterday = (timezone.now() - timedelta(days=1)).date()
    for path in BUDGET:
        assert statements(priyas, f"/fernhill/{path}") <= 10, path
        assert statements(priyas, f"/fernhill/{path}?at={yesterday}") <= 10, path


@pytest.mark.parametrize("text", ["nonsense", "2026-13-45", "2999-01-01", "2026-01-01T99:00:00Z"])
@pytest.mark.parametrize("path", ["", "controls/", "controls/AC-07/", "criteria/"])
def test_a_moment_that_is_none_is_a_bad_request_that_says_how_to_ask(fernhill, priyas, path, text):
    programme(fernhill, ["AC-07"], looks=1)
    answer = priyas.get(f"/fernhill/{path}?at={text}")
    assert answer.status_code == 400
    assert "?at=2026-03-31" in answer.content.decode()


def test_the_rival_finds_no_page_and_the_viewer_may_not_export(fernhill, brackwater, rival, vera, browser_of):
    programme(fernhill, ["AC-07"], looks=1)
    theirs = browser_of(rival)
    for path in ("", "controls/", "controls/AC-07/", "checks/aws.iam.console_user_mfa/", "connections/", "log/"):
        assert theirs.get(f"/fernhill/{path}").status_code == 404
    assert browser_of(vera).get(reverse("controls_csv", args=["fernhill"])).status_code == 403


def test_a_page_of_the_past_says_so_and_leads_back(fernhill, priyas):
    programme(fernhill, ["AC-07"], looks=5, days_between=7)
    page = priyas.get("/fernhill/?at=2026-01-01").content.decode()
    assert "Back to now" in page
