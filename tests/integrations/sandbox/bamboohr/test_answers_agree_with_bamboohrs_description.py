"""Every route of the twin, asked about the demo company, against BambooHR's own OpenAPI description."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from integrations.sandbox.bamboohr import scenario
from integrations.sandbox.bamboohr.fields import listed
from integrations.sandbox.bamboohr.routes import ROUTES, Route
from integrations.sandbox.bamboohr.server import Running, running
from integrations.sandbox.clock import Clock
from tests.integrations.sandbox.bamboohr.descriptions import needs_description, operation, parameters, problems, schema, schemes

START = datetime(2026, 3, 25, 8, tzinfo=UTC)
PATHS = {"dataset": "datasetName"}
JSON = {"accept": "application/json"}
pytestmark = needs_description


@pytest.fixture(scope="module")
def twin() -> Iterator[Running]:
    state = scenario.fernhill(Clock(START))
    end = START + timedelta(days=250)
    for _step in scenario.play(state, scenario.steps(START, START, end), end):
        pass
    with running(state) as served:
        yield served


@pytest.fixture(scope="module")
def token(twin: Running) -> str:
    form = {
        "grant_type": "refresh_token",
        "client_id": scenario.CLIENT_ID,
        "client_secret": scenario.CLIENT_SECRET,
        "refresh_token": scenario.REFRESH_TOKEN,
    }
    return httpx.post(f"{twin.url}/token.php", json=form, trust_env=False).json()["access_token"]


def described(route: Route) -> str:
    return re.sub(r"<(\w+)>", lambda found: "{" + PATHS.get(found[1], found[1]) + "}", route.path)


def asked(twin: Running, route: Route, token: str, **more: Any) -> httpx.Response:
    values = {"id": "all" if "tables" in route.path else "101", "table": "jobInfo", "dataset": "employee"}
    path = re.sub(r"<(\w+)>", lambda found: values[found[1]], route.path)
    query = {"since": "2026-01-01T00:00:00Z"} if path.endswith("/changed") else {}
    if path.endswith("/employees"):
        query = {"fields": "workEmail,hireDate,departmentName,employmentStatusName,reportsToId", "page[limit]": "40"}
    if path.endswith("/employees/101"):
        query = {"fields": "firstName,workEmail,status,hireDate,terminationDate,jobTitle,department,location,supervisorEId"}
    body = {"fields": ["eeid", "firstName", "email", "status", "terminationDate"], "pageSize": 50} if route.method == "POST" else None
    headers = {**JSON, "authorization": f"Bearer {token}"}
    return httpx.request(route.method, twin.url + path, params={**query, **more}, json=body, headers=headers, trust_env=False)


@pytest.mark.parametrize("route", ROUTES, ids=lambda each: each.path)
def test_an_answer_has_the_shape_that_bamboohr_describes(twin: Running, token: str, route: Route) -> None:
    answer = asked(twin, route, token)
    held = schema(described(route), route.method, 200)
    assert answer.status_code == 200, answer.headers
    assert held is not None
    assert problems(held, answer.json()) == []
    assert answer.json()


@pytest.mark.parametrize("route", ROUTES, ids=lambda each: each.path)
def test_the_twin_accepts_the_credentials_that_bamboohr_accepts(route: Route) -> None:
    names = {"key": "basic", "oauth": "oauth"}
    assert {names[each] for each in route.schemes} == schemes(described(route), route.method)


@pytest.mark.parametrize("route", ROUTES, ids=lambda each: each.path)
def test_the_twin_knows_no_parameter_that_bamboohr_does_not_know(route: Route) -> None:
    assert {each.partition("[")[0] for each in route.parameters} <= parameters(described(route), route.method)


def test_the_body_of_a_query_is_what_the_description_says() -> None:
    body = operation("/api/v2/datasets/{datasetName}/data", "POST")["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {"fields", "filter", "orderBy", "page", "pageSize"} and body["required"] == ["fields"]
    assert (body["properties"]["pageSize"]["maximum"], body["properties"]["pageSize"]["default"]) == (1000, 100)


def test_optional_fields_of_the_list_are_those_of_the_description() -> None:
    held = schema("/api/v1/employees", "GET", 200)
    assert held is not None
    assert set(listed()) <= set(held["components"]["schemas"]["EmployeeOptionalField"]["enum"])


@pytest.mark.parametrize(
    ("route", "query"), [("/api/v1/employees", {"page[after]": "999999"}), ("/api/v1/employees", {"filter[status]": "gone"})]
)
def test_a_refusal_of_the_list_has_the_described_shape(twin: Running, token: str, route: str, query: dict[str, str]) -> None:
    answer = httpx.get(twin.url + route, params=query, headers={**JSON, "authorization": f"Bearer {token}"}, trust_env=False)
    held = schema(route, "GET", 400)
    assert answer.status_code == 400 and held is not None
    assert problems(held, answer.json()) == []


def test_a_refusal_of_a_dataset_has_the_described_shape(twin: Running, token: str) -> None:
    answer = httpx.post(
        f"{twin.url}/api/v2/datasets/employee/data",
        json={"fields": ["noSuchField"]},
        headers={**JSON, "authorization": f"Bearer {token}"},
        trust_env=False,
    )
    held = schema("/api/v2/datasets/{datasetName}/data", "POST", answer.status_code)
    assert answer.status_code == 400 and held is not None
    assert problems(held, answer.json()) == []
