"""The view of the whole period over a programme with history."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from compliance.tenancy.scope import scope
from controls.models import Control, Health
from controls.services.adoption import library
from tests.home.programme import programme

LARGEST = 200_000  # bytes


@pytest.fixture
def priyas(browser_of, priya):
    return browser_of(priya)


def codes(number):
    return ["AC-07", *[code for code in library() if code != "AC-07"][: number - 1]]


def test_150_controls_over_a_year_are_one_small_page_of_few_statements(fernhill, priyas):
    programme(fernhill, codes(150), looks=40)
    priyas.get("/fernhill/period/")
    with CaptureQueriesContext(database) as taken:
        page = priyas.get("/fernhill/period/").content
    assert len(taken) <= 8
    assert len(page) < LARGEST
    assert page.count(b'class="strip"') == 150


def test_each_control_stands_once_whatever_it_is_grouped_by(fernhill, priyas):
    programme(fernhill, codes(12), looks=3)
    for by in ("series", "criterion", "category", "owner", "area", "system"):
        page = priyas.get(f"/fernhill/period/?by={by}").content.decode()
        assert page.count('class="strip"') == 12


def test_figures_of_the_page_are_those_of_the_control(fernhill, priyas):
    programme(fernhill, codes(1), looks=10)
    whole = priyas.get("/fernhill/period/")
    [(_name, [line])] = whole.context["groups"]
    own = priyas.get("/fernhill/controls/AC-07/")
    assert dict(line.days) == dict(own.context["days"])


def test_looking_closer_shows_time_instead_of_days(fernhill, priyas):
    programme(fernhill, codes(1), looks=3)
    page = priyas.get("/fernhill/period/?unit=day")
    [(_name, [line])] = page.context["groups"]
    assert page.status_code == 200
    assert sum(line.seconds.values()) > 0


def test_reasons_come_when_somebody_looks(fernhill, priyas):
    programme(fernhill, codes(1), looks=3)
    alone = priyas.get("/fernhill/period/AC-07/why/").content.decode()
    panel = priyas.get("/fernhill/period/AC-07/why/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in alone and "<html" not in panel
    with scope(fernhill.pk):
        pieces = Health.objects.filter(control=Control.objects.get()).count()
    assert alone.count('<li><span class="health') == panel.count('<li><span class="health') >= 1
    assert pieces >= panel.count('<li><span class="health')
    assert priyas.get("/fernhill/period/XX-99/why/").status_code == 404


def test_a_bad_question_is_answered_with_a_sentence(fernhill, priyas):
    for view in ("", "failures/", "gaps/"):
        for asked, said in (("unit=year", "use one of"), ("unit=day&on=soon", "Say a day")):
            answer = priyas.get(f"/fernhill/period/{view}?{asked}")
            assert answer.status_code == 400 and said in answer.content.decode()
    assert priyas.get("/fernhill/period/?by=colour").status_code == 400


def test_failures_and_gaps_are_all_there_with_their_length(fernhill, priyas):
    programme(fernhill, codes(3), looks=6)
    with scope(fernhill.pk):
        failed = Health.objects.filter(state__in=["failed", "waived"]).count()
        gaps = Health.objects.filter(state="not_observed").count()
    assert len(priyas.get("/fernhill/period/failures/").context["rows"]) == failed
    assert len(priyas.get("/fernhill/period/gaps/").context["rows"]) == gaps


def test_an_organization_without_a_period_sees_the_last_weeks_and_no_error(fernhill, priyas):
    assert priyas.get("/fernhill/period/").status_code == 200
