"""Pages of connections: the list, the wizard, the page of one, its live part and the ledger of a run."""

import re

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from compliance.tenancy.scope import scope
from evidence.models import Run
from integrations.models import Connection, Due
from tests.conftest import arranging
from tests.home.programme import programme

HOSTILE = '<script>alert("x")</script> \u202eمثال ' + "w" * 150


@pytest.fixture
def admin(marta, browser_of):
    return browser_of(marta)


@pytest.fixture
def production(fernhill):
    return programme(fernhill, ["AC-07"], looks=3)


def text(answer) -> str:
    return answer.content.decode()


def test_without_connections_the_list_offers_what_can_be_connected(fernhill, admin, vera, browser_of):
    page = text(admin.get("/fernhill/connections/"))
    assert "/fernhill/connections/new/aws/" in page and "/fernhill/connections/new/github/" in page
    assert "/connections/new/" not in text(browser_of(vera).get("/fernhill/connections/"))


def test_a_connection_is_listed_with_its_problem(production, admin):
    page = text(admin.get("/fernhill/connections/"))
    assert f"/fernhill/connections/{production.pk}/" in page
    assert "Production cannot be read" in page


def test_the_wizard_says_which_rights_the_credential_needs_and_keeps_no_half_connection(fernhill, admin):
    page = text(admin.get("/fernhill/connections/new/aws/"))
    assert "iam:GenerateCredentialReport" in page and "sts:ExternalId" in page
    answer = admin.post("/fernhill/connections/new/github/", {"name": "Production"})
    assert answer.status_code == 422
    assert 'value="Production"' in text(answer)
    with scope(fernhill.pk):
        assert not Connection.objects.exists()
    assert admin.get("/fernhill/connections/new/fax/").status_code == 404


def test_the_page_of_a_connection_shows_runs_streams_and_problems(production, admin):
    page = text(admin.get(f"/fernhill/connections/{production.pk}/"))
    assert "The credential expired." in page
    with scope(production.organization_id):
        for run in Run.objects.all():
            assert f"/fernhill/runs/{run.pk}/" in page
    for kind in ("account", "access_key", "volume"):
        assert kind in page


def test_the_live_part_is_a_fragment_that_asks_again_only_while_something_happens(production, admin):
    address = f"/fernhill/connections/{production.pk}/live/"
    still = text(admin.get(address, headers={"HX-Request": "true"}))
    assert still.strip().startswith('<div id="live"') and "<html" not in still and "hx-get" not in still
    with arranging(production.organization):
        Connection.objects.filter(pk=production.pk).update(state="draft")
    waiting = text(admin.get(address, headers={"HX-Request": "true"}))
    assert f'hx-get="{address}"' in waiting and "Proving the credential" in waiting
    with arranging(production.organization):
        Due.objects.update(probe={"state": "failed", "detail": HOSTILE, "operations": []})
    failed = text(admin.get(address, headers={"HX-Request": "true"}))
    assert "The credential does not work" in failed and "<script>" not in failed and "hx-get" not in failed


def test_a_runs_page_names_its_streams_and_reads_a_bad_cursor_as_the_beginning(production, admin):
    with scope(production.organization_id):
        run = Run.objects.order_by("-started_at").first()
    page = text(admin.get(f"/fernhill/runs/{run.pk}/"))
    assert "Request ledger" in page and "seed_scale" in page
    assert set(re.findall(r'<th scope="row"><span class="code">(\w+)</span>', page)) == {"account", "access_key", "volume"}
    assert admin.get(f"/fernhill/runs/{run.pk}/?cursor=nonsense").status_code == 200


def test_the_rival_finds_none_of_it(production, rival, browser_of):
    theirs = browser_of(rival)
    with scope(production.organization_id):
        run = Run.objects.first()
    for path in ("connections/", f"connections/{production.pk}/", f"connections/{production.pk}/live/", f"runs/{run.pk}/"):
        assert theirs.get(f"/fernhill/{path}").status_code == 404
        assert theirs.get(f"/brackwater/{path}").status_code == (200 if path == "connections/" else 404)


def test_hostile_names_stay_words(production, admin):
    with arranging(production.organization):
        Connection.objects.filter(pk=production.pk).update(name=HOSTILE[:120])
    for path in ("", f"{production.pk}/"):
        page = text(admin.get(f"/fernhill/connections/{path}"))
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_pages_of_connections_take_no_more_statements_the_longer_they_are_read(fernhill, brackwater, marta, rival, browser_of):
    young, old = programme(fernhill, ["AC-07"], looks=1), programme(brackwater, ["AC-07"], looks=12)
    for path, most in (("connections/", 8), ("connections/{}/", 16), ("runs/{}/", 10)):
        taken = []
        for each, client in ((young, browser_of(marta)), (old, browser_of(rival))):
            with scope(each.organization_id):
                subject = Run.objects.first().pk if path.startswith("runs") else each.pk
            address = f"/{each.organization.slug}/{path.format(subject)}"
            assert client.get(address).status_code == 200
            with CaptureQueriesContext(database) as statements:
                client.get(address)
            taken.append(len(statements))
        assert taken[0] == taken[1] <= most, (path, taken)
