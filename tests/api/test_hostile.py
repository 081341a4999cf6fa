"""What a caller may send that nobody would: every answer is a sentence, never a broken server."""

import base64
import json

import pytest
from django.test import Client

from tests.api.programme import CHECK, Caller, programme

BIG = 10**40
CURSORS = [
    [BIG], ["\0"], [True], [None], [{}], [[]], [1.5], ["9999-12-31T23:59:59+00:00", BIG], ["0001-01-01T00:00:00+14:00", "x"],
    [None, "018f0000-0000-7000-8000-000000000001"], ["infinity", "018f0000-0000-7000-8000-000000000001"],
    ["\ud800", "018f0000-0000-7000-8000-000000000001"], ["\0", "018f0000-0000-7000-8000-000000000001"],
    [BIG, "2026-03-02T12:00:00+00:00", "018f0000-0000-7000-8000-000000000001"], [BIG, BIG, "AC-07"], [-BIG, "\0", "\0"],
]  # fmt: skip
LISTS = ["controls/", "runs/", "problems/", "log/checkpoints/", "periods/", f"checks/{CHECK}/subjects/", f"checks/{CHECK}/points/"]
BODIES = [
    [],
    "text",
    1,
    None,
    {"codes": "AC-07"},
    {"codes": [None]},
    {"codes": ["\0"]},
    {"codes": ["\ud800"], "owner": "\0"},
    {"parameters": []},
]


@pytest.fixture(autouse=True)
def own_addresses(settings):
    """Pages and routes together."""
    settings.ROOT_URLCONF = "compliance.urls"


@pytest.fixture
def manager(fernhill, priya, browser_of):
    """Priya, in her browser; what breaks is answered, not raised."""
    programme(fernhill)
    client = browser_of(priya)
    client.raise_request_exception = False
    return Caller(client)


def written(values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_no_cursor_breaks_a_list(manager):
    run = manager.read("runs/")["results"][0]["id"]
    subject = manager.read(f"checks/{CHECK}/subjects/")["results"][0]["id"]
    lists = [(each, "") for each in (*LISTS, f"runs/{run}/ledger/", f"subjects/{subject}/records/", f"subjects/{subject}/verdicts/")]
    lists += [("controls/", sort) for sort in ("code", "title", "owner")]
    cursors = [*map(written, CURSORS), "=", "%", "é", "A" * 5000]
    broken = []
    for address, sort in lists:
        for cursor in cursors:
            answer = manager.get(address, cursor=cursor, **({"sort": sort} if sort else {}))
            if answer.status_code not in (200, 400):
                broken.append((address, cursor, answer.status_code))
    assert broken == []


@pytest.mark.parametrize(
    "at",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30", "2026-03-29T02:30:00", "\0", "é", "2026-W10-1", "20260302"],
)
def test_no_instant_breaks_an_answer(manager, at):
    for part in ("controls/", "controls/AC-07/", f"checks/{CHECK}/", "overview/", "criteria/", f"checks/{CHECK}/points/"):
        assert manager.get(part, at=at).status_code in (200, 400, 404), part


def test_no_body_breaks_a_route_and_none_of_them_changes_anything(manager):
    before = manager.read("trail/")["results"]
    posts = ["controls/assign/", "library/", "periods/", f"checks/{CHECK}/switch/", f"checks/{CHECK}/waivers/", "connections/"]
    answers = {(each, str(body)): manager.post(each, body).status_code for each in posts for body in BODIES}
    answers |= {("patch", str(body)): manager.patch(f"checks/{CHECK}/parameters/", body).status_code for body in BODIES}
    for text in ("", "{", "[" * 500 + "]" * 500, '{"codes": NaN}', "\xff"):
        answer = manager.client.post("/api/v1/fernhill/library/", text.encode("latin-1"), content_type="application/json")
        answers["text", text[:10]] = answer.status_code
    assert {key: status for key, status in answers.items() if status != 400} == {}
    assert manager.read("trail/")["results"] == before


def test_other_content_is_refused_in_a_sentence(manager):
    answer = manager.client.post("/api/v1/fernhill/library/", "codes=AC-01", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")
    assert Client().post("/api/v1/fernhill/library/", "{}", content_type="application/json").status_code == 401
