"""What the twin refuses, as the vendor does, and that it stands still until it is told to go on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from integrations.sandbox.bamboohr import scenario
from integrations.sandbox.bamboohr.server import Running, running
from integrations.sandbox.clock import Clock

START = datetime(2026, 3, 25, 8, tzinfo=UTC)
DATA = "/api/v2/datasets/employee/data"


@pytest.fixture
def twin() -> Iterator[Running]:
    with running(scenario.fernhill(Clock(START))) as served:
        yield served


def ask(twin: Running, path: str, method: str = "GET", *, key: str = scenario.API_KEY, bearer: str = "", **more: Any) -> httpx.Response:
    headers = {"accept": "application/json", **({"authorization": f"Bearer {bearer}"} if bearer else {})}
    auth = None if bearer else (key, "x")
    return httpx.request(method, twin.url + path, headers=headers, auth=auth, trust_env=False, **more)


def token(twin: Running, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "refresh_token",
        "client_id": scenario.CLIENT_ID,
        "client_secret": scenario.CLIENT_SECRET,
        "refresh_token": scenario.REFRESH_TOKEN,
    }
    return httpx.post(f"{twin.url}/token.php", json={**form, **changes}, trust_env=False)


def test_the_list_of_employees_refuses_api_keys(twin: Running) -> None:
    assert ask(twin, "/api/v1/employees").status_code == 401
    assert ask(twin, "/api/v1/employees", bearer=token(twin).json()["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/api/v1/employees/101", {"field": "status"}, 400),
        ("/api/v1/employees/changed", {}, 400),
        ("/api/v1/employees/changed", {"since": "yesterday"}, 400),
        ("/api/v1/employees/changed", {"since": "2026-01-01T00:00:00Z", "type": "moved"}, 400),
        ("/api/v1/employees/9999", {}, 404),
        ("/api/v1/employees/all/tables/unheardOf", {}, 404),
        ("/api/v1/employees/all/tables/compensation", {}, 403),
        ("/api/v1/nowhere", {}, 404),
    ],
)
def test_what_the_description_does_not_know_is_refused(twin: Running, path: str, query: dict[str, str], status: int) -> None:
    assert ask(twin, path, params=query).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"fields": []}, 400),
        ({"fields": ["status"], "limit": 5}, 400),
        ({"fields": ["status"], "pageSize": 1001}, 422),
        ({"fields": ["status"], "page": 0}, 422),
        ({"fields": ["birthDate"]}, 400),
        ({"fields": ["compensationPayRate"]}, 400),
        ({"fields": ["status"], "filter": "status is Active"}, 422),
    ],
)
def test_a_query_of_a_dataset_is_validated(twin: Running, body: dict[str, Any], status: int) -> None:
    assert ask(twin, DATA, "POST", json=body).status_code == status


def test_wrong_credentials_and_missing_rights_are_refused(twin: Running) -> None:
    assert ask(twin, "/api/v1/company_information", key="wrong").status_code == 401
    assert ask(twin, "/api/v1/company_information", bearer="wrong").status_code == 401
    assert token(twin, client_secret="wrong").status_code == 401
    assert token(twin, refresh_token="wrong").status_code == 400
    twin.state.keys[scenario.API_KEY].rights.discard("report")
    assert ask(twin, DATA, "POST", json={"fields": ["status"]}).status_code == 403


def test_an_access_token_lives_an_hour_of_the_twins_clock(twin: Running) -> None:
    bearer = token(twin).json()["access_token"]
    twin.clock.advance(minutes=59)
    assert ask(twin, "/api/v1/company_information", bearer=bearer).status_code == 200
    twin.clock.advance(minutes=2)
    assert ask(twin, "/api/v1/company_information", bearer=bearer).status_code == 401


def test_cursors_lead_through_everybody_once(twin: Running) -> None:
    bearer, seen, after = token(twin).json()["access_token"], [], None
    while True:
        query = {"page[limit]": "50", **({"page[after]": after} if after else {})}
        held = ask(twin, "/api/v1/employees", bearer=bearer, params=query).json()
        seen += [row["employeeId"] for row in held["data"]]
        after = held["meta"]["page"]["nextCursor"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == held["meta"]["total"] == len(twin.state.employees)
    assert ask(twin, "/api/v1/employees", bearer=bearer, params={"page[after]": "7"}).status_code == 400


def test_a_story_in_steps_ends_like_one_played_at_once(twin: Running) -> None:
    end = START + timedelta(days=200)
    at_once = scenario.fernhill(Clock(START))
    for _step in scenario.play(at_once, scenario.steps(START, START, end), end):
        pass
    for days in (50, 120, 200):
        since, until = twin.clock.now(), START + timedelta(days=days)
        for _step in scenario.play(twin.state, scenario.steps(START, since, until), until):
            pass
    assert twin.state.employees == at_once.employees and twin.state.changed == at_once.changed


def test_the_fault_script_is_reached_from_another_process(twin: Running) -> None:
    httpx.post(f"{twin.url}/_sandbox/faults", json={"kind": "unavailable", "path": "/api/v1/*"}, trust_env=False).raise_for_status()
    answer = ask(twin, "/api/v1/company_information")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert ask(twin, "/api/v1/company_information").status_code == 200
    assert httpx.post(f"{twin.url}/_sandbox/faults", json={"kind": "earthquake"}, trust_env=False).status_code == 400
