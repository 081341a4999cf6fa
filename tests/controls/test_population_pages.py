"""Pages of populations, sheets and of what was known: what each role sees, does and gets."""

from datetime import timedelta

import pytest
from django.urls import reverse

from compliance.members.models import Membership
from compliance.tenancy.clock import now
from compliance.tenancy.scope import scope
from compliance.trail.models import Entry
from compliance.vault.services.sealing import seal_pending
from controls.models import Control
from controls.services.adoption import adopt_controls, library
from controls.services.controls import assign_control
from evidence.models import Freezing, Population, Record
from evidence.selectors.then import streams
from evidence.services.populations import freeze_due
from tests.conftest import actor_of
from tests.evidence.looking import look, member

DAY = timedelta(days=1)


@pytest.fixture
def looked(fernhill):
    with scope(fernhill.pk):
        start = now() - 5 * DAY
        look(member("ada"), at=start)
        run = look(member("ada"), member("ben"), at=start + DAY)
        look(member("ada", email="ada@fernhill.example"), at=start + 2 * DAY)
        return run


def url(name, *more):
    return reverse(name, args=["fernhill", *more])


def days():
    today = now().date()
    return {"first": (today - 10 * DAY).isoformat(), "last": (today - DAY).isoformat()}


def test_a_manager_drafts_freezes_reviews_downloads_and_proves_a_population(fernhill, priya, looked, browser_of):
    client = browser_of(priya)
    listed = client.get(url("populations")).content.decode()
    assert "No population is frozen yet" in listed and "Missing: No fact kind of deployments" in listed and "Users per system" in listed
    with scope(fernhill.pk):
        asked = days()
    draft = client.get(url("population_draft", "users"), asked).content.decode()
    assert "2 rows: users per system" in draft and "Not observed within the period" in draft and "Freeze this population" in draft
    answer = client.post(url("population_draft", "users"), {**asked, "title": "Users"})
    with scope(fernhill.pk):
        waiting = Freezing.objects.get()
    assert answer.status_code == 302 and answer.url == url("population_freezing", waiting.pk)
    assert "Being frozen" in client.get(answer.url).content.decode()
    with scope(fernhill.pk):
        (population,) = freeze_due(now=now())
        seal_pending(now=now())
    assert client.get(answer.url).url == url("population", population.pk)
    shown = client.get(url("population", population.pk)).content.decode()
    assert "ben" in shown and population.ids_digest[:8] in shown and "Download receipt" in shown
    assert client.post(url("population_review", population.pk), {"note": "Compared."}).status_code == 302
    assert "Compared." in client.get(url("population_sheet", population.pk)).content.decode()
    assert client.get(url("population_sheet_file", population.pk, "json")).json()["facts"][10]["values"][0].endswith("Compared.")
    assert b"".join(client.get(url("population_file", population.pk, "csv"))).startswith(b"id,system,fact,name")
    assert b"".join(client.get(url("population_file", population.pk, "jsonl"))).count(b"\n") == 2
    assert client.get(url("population_receipt", population.pk)).content.startswith(b"c2sp.org/tlog-proof")
    with scope(fernhill.pk):
        assert Entry.objects.filter(name="export.downloaded").count() == 2
    assert client.get(url("population_draft", "users"), {"previous": str(population.pk)}).status_code == 200


def test_a_viewer_looks_but_neither_freezes_nor_downloads_and_the_rival_finds_nothing(fernhill, vera, rival, priya, looked, browser_of):
    viewer = browser_of(vera)
    with scope(fernhill.pk):
        asked = days()
    browser_of(priya).post(url("population_draft", "users"), asked)
    with scope(fernhill.pk):
        (population,) = freeze_due(now=now())
    assert viewer.get(url("population", population.pk)).status_code == 200
    assert viewer.post(url("population_draft", "users"), asked).status_code == 403
    assert viewer.get(url("population_file", population.pk, "csv")).status_code == 403
    assert viewer.post(url("population_review", population.pk), {"note": "x"}).status_code == 403
    assert browser_of(rival).get(url("population", population.pk)).status_code == 404
    with scope(fernhill.pk):
        assert Population.objects.count() == 1 and Freezing.objects.count() == 1


@pytest.mark.parametrize(
    "typed", [{"first": "soon"}, {"first": "2026-13-01"}, {"source": "x"}, {"first": "2020-01-02", "last": "2020-01-01"}]
)
def test_what_was_typed_wrongly_is_said_and_nothing_is_asked_for(fernhill, priya, looked, browser_of, typed):
    with scope(fernhill.pk):
        asked = days()
    answer = browser_of(priya).post(url("population_draft", "users"), {**asked, **typed})
    assert answer.status_code == 422 and "This cannot be frozen" in answer.content.decode()
    with scope(fernhill.pk):
        assert not Freezing.objects.exists()


def test_from_a_record_one_gets_to_its_sheet_receipt_and_run(fernhill, vera, looked, browser_of):
    client = browser_of(vera)
    with scope(fernhill.pk):
        seal_pending(now=now())
        record = Record.objects.filter(run=looked).get()
    assert "Key U_ben" in client.get(url("record_sheet", record.pk)).content.decode()
    assert client.get(url("record_receipt", record.pk)).status_code == 200
    assert "rows received" in client.get(url("reading_sheet", looked.pk, "account")).content.decode()
    assert client.get(url("reading_sheet", looked.pk, "person")).status_code == 404
    assert client.get(url("verdict_sheet", record.pk)).status_code == 404
    subject = client.get(url("subject", record.subject_id)).content.decode()
    assert url("record_sheet", record.pk) not in subject or "Evidence sheet" in subject


def test_a_stream_is_seen_as_of_an_instant_and_between_two(fernhill, vera, looked, browser_of):
    client = browser_of(vera)
    with scope(fernhill.pk):
        (stream,) = streams()
        first, middle, last = (now() - 5 * DAY + n * DAY + DAY / 2 for n in range(3))
    at = {"at": middle.isoformat()}
    assert "2 were there" in client.get(url("history_stream", stream.pk), at).content.decode()
    between = client.get(url("history_stream", stream.pk), {"at": last.isoformat(), "earlier": middle.isoformat()}).content.decode()
    assert "0 added, 1 gone, 1 changed" in between and "ada@fernhill.example" in between
    assert client.get(url("history_stream", stream.pk), {"earlier": "soon"}).status_code == 400
    assert client.get(url("history_stream", stream.pk), {"at": first.isoformat(), "earlier": last.isoformat()}).status_code == 400
    assert "account" in client.get(url("history")).content.decode()


def test_the_set_of_controls_tells_owners_by_the_trail(fernhill, priya, vera, browser_of):
    with scope(fernhill.pk):
        codes = list(library())[:2]
        before = now()
        adopt_controls(actor=actor_of(priya), codes=codes, now=before - 2 * DAY)
        code = Control.objects.order_by("code").first().code
        assign_control(actor=actor_of(priya), codes=[code], membership_id=str(Membership.objects.get(user=vera).pk), now=now())
    client = browser_of(vera)
    assert "2 controls in force" in client.get(url("history_controls")).content.decode()
    between = client.get(url("history_controls"), {"earlier": (before - DAY).isoformat()}).content.decode()
    assert "1 control differs" in between and "Vera Holm" in between
