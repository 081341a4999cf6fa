"""Evidence by API: items brought, found, linked, taken away; and pushed in sessions that count only when whole."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from compliance.members.roles import Right
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.models import ItemLink
from controls.services.adoption import adopt_controls
from evidence.models import Item, ItemSession, ItemVersion, SessionItem
from evidence.selectors.items import freshness_of
from evidence.services.sessions import LIVES, expire_item_sessions, session_hash
from tests.api.programme import Caller, token_of
from tests.evidence.library import png

BASE = "evidence/"


@pytest.fixture(autouse=True)
def own_addresses(settings):
    settings.ROOT_URLCONF = "compliance.urls"


@pytest.fixture
def adopted(fernhill):
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=["AC-07"], now=datetime.now(UTC))
    return fernhill


@pytest.fixture
def owner(adopted, tom):
    return Caller(text=token_of(tom, adopted, Right.SEE_PROGRAMME, Right.ACT_ON_CONTROLS, Right.EXPORT))


@pytest.fixture
def program(adopted, priya):
    """A program with a token that may push and nothing else."""
    return Caller(text=token_of(priya, adopted, Right.PUSH_FACTS))


def sha(data):
    return hashlib.sha256(data).hexdigest()


def raw(caller, method, path, data=b""):
    return getattr(caller.client, method)(f"/api/v1/fernhill/{path}", data, content_type="application/octet-stream", headers=caller.headers)


def test_an_item_is_brought_found_linked_and_taken_away(owner):
    made = raw(
        owner, "post", f"{BASE}?filename=review.txt&title=Access+review&control=AC-07&cadence_days=31&sha256={sha(b'done')}", b"done"
    )
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["title"], body["freshness"], body["links"][0]["control"]) == ("Access review", "fresh", "AC-07")
    found = owner.get(f"{BASE}?q=review&control=AC-07").json()
    assert [each["id"] for each in found["results"]] == [body["id"]]
    assert found["counts"] == {"total": 1, "overdue": 0, "due": 0}
    item = f"{BASE}{body['id']}/"
    assert raw(owner, "post", f"{item}versions/?filename=review.txt&note=again", b"done twice").status_code == 201
    assert [each["number"] for each in owner.get(item).json()["versions"]] == [2, 1]
    taken = owner.get(f"{item}versions/1/")
    assert b"".join(taken.streaming_content) == b"done"
    assert taken["Content-Disposition"].startswith("attachment")
    assert owner.patch(item, {"tags": ["review"]}).json()["tags"] == ["review"]
    assert owner.post(f"{item}links/", {"criterion": "CC6.1", "reason": "Access"}).status_code == 201
    link = owner.get(item).json()["links"][0]["id"]
    assert owner.delete(f"{item}links/{link}/").status_code == 204
    assert "Access review" in owner.get(f"{BASE}export/").content.decode()


def test_what_is_refused_by_api_is_said_and_leaves_nothing(owner, adopted):
    for question, data, status, words in (
        ("filename=shot.png", b"hello", 409, "The name says PNG"),
        ("filename=a.txt", b"", 409, "empty"),
        (f"filename=a.txt&sha256={'0' * 64}", b"hello", 409, "declared was"),
        ("filename=a.txt&control=ZZ-99", b"hello", 400, "no such control"),
        ("title=x", b"hello", 400, "required"),
    ):
        answer = raw(owner, "post", f"{BASE}?{question}", data)
        assert (answer.status_code, words in answer.content.decode()) == (status, True), answer.content
    with scope(adopted.pk):
        assert (Item.objects.count(), ItemVersion.objects.count(), ItemLink.objects.count()) == (0, 0, 0)


def session(program, items, **other):
    said = {
        "name": "Nightly scan",
        "cadence_days": 7,
        "expected": len(items),
        "sha256": session_hash({key: sha(data) for key, data in items.items()}),
    }
    answer = program.post(f"{BASE}sessions/", said | other)
    assert answer.status_code == 201, answer.content
    return f"{BASE}sessions/{answer.json()['id']}/"


def put(program, url, key, data, question="", filename="out.txt"):
    return raw(program, "put", f"{url}items/{key}/?filename={filename}&sha256={sha(data)}{question}", data)


def test_a_whole_session_makes_items_and_the_next_one_their_versions(program, adopted):
    first = {"trivy": b"clean\n", "zap": b"clean too\n"}
    url = session(program, first)
    assert put(program, url, "trivy", first["trivy"], "&title=Image+scan&controls=AC-07").status_code == 201
    assert program.post(f"{url}close/", {}).status_code == 409
    with scope(adopted.pk):
        assert Item.objects.count() == 0
    assert put(program, url, "zap", first["zap"]).status_code == 201
    assert put(program, url, "zap", first["zap"]).json()["repeated"] is True
    assert program.post(f"{url}close/", {}).json()["state"] == "recorded"
    assert program.post(f"{url}close/", {}).json()["state"] == "recorded"
    second = {"trivy": b"two findings\n"}
    url = session(program, second)
    put(program, url, "trivy", second["trivy"])
    assert program.post(f"{url}close/", {}).status_code == 200
    with scope(adopted.pk):
        assert dict(Item.objects.values_list("source_key", "number")) == {"trivy": 2, "zap": 1}
        assert set(Item.objects.values_list("source", "title")) == {("Nightly scan", "Image scan"), ("Nightly scan", "zap")}
        assert ItemLink.objects.get().control.code == "AC-07"
        assert SessionItem.objects.count() == 0


@pytest.fixture
def own_folder(settings, tmp_path):
    """A folder for parts that no other process of the tests uses."""
    settings.CONFIGURATION = replace(settings.CONFIGURATION, var_dir=tmp_path)
    return tmp_path


def test_a_session_with_another_hash_is_refused_whole_and_the_former_stays_in_force(program, adopted, own_folder):
    items = {"trivy": b"clean\n"}
    url = session(program, items)
    put(program, url, "trivy", items["trivy"])
    program.post(f"{url}close/", {})
    url = session(program, {"trivy": b"other\n"}, sha256="0" * 64)
    put(program, url, "trivy", b"other\n")
    refused = program.post(f"{url}close/", {})
    assert refused.status_code == 409 and "Nothing counts" in refused.json()["detail"]
    with scope(adopted.pk):
        item = Item.objects.get()
        assert (item.number, ItemVersion.objects.count(), SessionItem.objects.count()) == (1, 1, 0)
        assert freshness_of(item.due_at, item.received_at + timedelta(days=8)) == "overdue"
    assert not [each for each in (own_folder / "uploads").rglob("*") if each.is_file()]


def test_items_that_do_not_fit_are_refused_one_by_one(program, adopted):
    url = session(program, {"a": b"one"})
    assert put(program, url, "a", b"MZ\0\0", filename="a.exe").status_code == 409
    assert put(program, url, "a", b"one", "&controls=ZZ-99").status_code == 400
    assert raw(program, "put", f"{url}items/a/?filename=a.txt&sha256={'0' * 64}", b"one").status_code == 409
    assert put(program, url, "shot", png(), filename="shot.png").status_code == 201
    assert put(program, url, "b", b"two").status_code == 409
    with scope(adopted.pk):
        assert list(SessionItem.objects.values_list("key", flat=True)) == ["shot"]
        assert expire_item_sessions(now=datetime.now(UTC) + LIVES) == 1
        assert (ItemSession.objects.get().state, SessionItem.objects.count()) == ("expired", 0)


def test_a_token_that_may_only_read_pushes_nothing(adopted, tom):
    reader = Caller(text=token_of(tom, adopted, Right.SEE_PROGRAMME))
    assert reader.post(f"{BASE}sessions/", {}).status_code == 403
    assert raw(reader, "post", f"{BASE}?filename=a.txt", b"x").status_code == 403
