"""Pages of the file import: what a stranger put into a file stays words, and a list is not treated as a connection."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from compliance.tenancy.scope import scope
from integrations.models import Connection, Due, ImportedFile
from integrations.services.imports import record_import
from tests.conftest import actor_of

HOSTILE = b"id,title,hired\nE1,<script>alert(1)</script>,2026-03-01\nE2,x,<img src=x onerror=alert(2)>\n"


@pytest.fixture(autouse=True)
def own_addresses(settings):
    settings.ROOT_URLCONF = "compliance.urls"


@pytest.fixture
def priyas(fernhill, priya, browser_of):
    return browser_of(priya)


def brought(browser, data=HOSTILE, filename="=cmd|evil.csv"):
    given = {"name": "Payroll", "kind": "person", "mode": "snapshot", "fresh_days": "35", "file": SimpleUploadedFile(filename, data)}
    return browser.post("/fernhill/imports/new/", given)


def test_what_stands_in_a_file_is_shown_as_words(priyas):
    answer = brought(priyas)
    assert answer.status_code == 302
    mapping, preview = priyas.get(answer["Location"]), priyas.get(f"{answer['Location']}preview/")
    for page in (mapping, preview):
        text = page.content.decode()
        assert page.status_code == 200
        assert "<script>alert" not in text and "<img src=x" not in text
        assert "&lt;script&gt;alert(1)" in text
    assert "1 of 2 rows can be taken, 1 cannot" in preview.content.decode()


def test_refused_rows_as_csv_hold_no_formula(priyas):
    location = brought(priyas, b"id,hired\nE1,=1+1\n")["Location"]
    answer = priyas.get(f"{location}refused.csv")
    assert b",'=1+1," in answer.content


def test_a_file_that_cannot_be_read_says_so_and_leaves_nothing(priyas, fernhill):
    for data in (b"", b"id,id\n1,2\n", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        answer = brought(priyas, data)
        assert answer.status_code == 422
        assert b"field__error" in answer.content or b"errors" in answer.content
    with scope(fernhill.pk):
        assert ImportedFile.objects.count() == 0


def test_who_only_looks_sees_what_came_of_it_but_no_refused_value(priyas, fernhill, priya, vera, browser_of):
    location = brought(priyas)["Location"]
    with scope(fernhill.pk):
        imported = ImportedFile.objects.get()
        now = datetime.now(UTC)
        record_import(actor=actor_of(priya), imported=imported, as_of=now, policy="good", now=now)
    hers, his = priyas.get(location).content.decode(), browser_of(vera).get(location).content.decode()
    assert "onerror=alert(2)" in hers and "onerror" not in his
    assert "1 rows recorded, 1 left out" in his


def test_a_list_is_not_run_proven_or_paused(priyas, fernhill, priya):
    brought(priyas, b"id\nE1\n")
    with scope(fernhill.pk):
        now = datetime.now(UTC)
        done = record_import(actor=actor_of(priya), imported=ImportedFile.objects.get(), as_of=now, policy="all", now=now)
    page, route = f"/fernhill/connections/{done.connection_id}/", f"/api/v1/fernhill/connections/{done.connection_id}/"
    assert priyas.get(page)["Location"] == f"/fernhill/imports/sources/{done.connection_id}/"
    assert [priyas.post(f"{page}{act}/").status_code for act in ("run",)] == [422]
    assert [priyas.post(f"{page}state/", {"act": act}).status_code for act in ("prove", "pause", "start")] == [422, 422, 422]
    assert [
        priyas.post(f"{route}{act}/", "{}", content_type="application/json").status_code for act in ("run", "prove", "pause", "start")
    ] == [409, 409, 409, 409]
    assert priyas.get(route).json()["settings"]["kind"] == "person"
    with scope(fernhill.pk):
        assert (Due.objects.count(), Connection.objects.get().state) == (0, "active")
    assert priyas.post(f"{page}state/", {"act": "delete"}).status_code == 302
    assert priyas.get(f"/fernhill/imports/sources/{done.connection_id}/").status_code == 404
