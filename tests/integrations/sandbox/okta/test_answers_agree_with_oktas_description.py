"""Every route of the twin, asked about the demo company, against Okta's OpenAPI description; declared deviations both ways."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml

from integrations.sandbox.clock import Clock
from integrations.sandbox.okta import routes
from integrations.sandbox.okta.call import ROUTES, Route
from integrations.sandbox.okta.scenario import API_TOKEN, fernhill, steps
from integrations.sandbox.okta.server import Running, running
from integrations.sandbox.okta.state import State
from integrations.sandbox.okta.story import play
from tests.integrations.sandbox.okta.descriptions import described, needs_description, parameters, problems, scopes

assert routes
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DEVIATIONS = yaml.safe_load((Path(__file__).parent / "deviations.yaml").read_text())
QUERIES = {
    "/api/v1/policies": [f"?type={each}" for each in ("OKTA_SIGN_ON", "ACCESS_POLICY", "PASSWORD", "MFA_ENROLL")],
    "/api/v1/users": ["", '?search=status eq "DEPROVISIONED"'],
    "/api/v1/devices": ["", "?expand=user"],
}
HTTP = httpx.Client(trust_env=False)
OPERATIONS = sorted(ROUTES, key=lambda each: each.operation)

pytestmark = needs_description


@pytest.fixture(scope="module")
def twin() -> Iterator[Running]:
    state = fernhill(Clock(START))
    end = START + timedelta(days=152)
    for _ in play(state, steps(START, end), end):
        pass
    state.limits = dict.fromkeys(state.limits, 100_000)
    with running(state) as served:
        yield served


def addresses(route: Route, state: State) -> list[str]:
    """Concrete addresses of a route, several where several shapes exist."""
    people = [each for each in state.users.values() if each.roles or len(each.factors) > 1][:4]
    values = {
        "id": [each.id for each in people],
        "userId": [each.id for each in people],
        "groupId": list(state.groups)[:2],
        "appId": list(state.apps)[:3],
        "policyId": [each.id for each in state.policies],
    }
    name = route.operation.partition("{")[2].partition("}")[0]
    paths = [route.operation.replace("{" + name + "}", each) for each in values[name]] if name else [route.operation]
    return [path + query for path in paths for query in QUERIES.get(route.operation, [""])]


def contradictions(route: Route, twin: Running) -> set[str]:
    found: set[str] = set()
    for address in addresses(route, twin.state):
        answer = HTTP.get(twin.url + address, headers={"Authorization": f"SSWS {API_TOKEN}"})
        assert answer.status_code == 200, (address, answer.text)
        found |= problems(described(route.operation), answer.json())
    return found


@pytest.mark.parametrize("route", OPERATIONS, ids=[each.operation for each in OPERATIONS])
def test_answers_contradict_the_description_where_that_is_declared_and_nowhere_else(route: Route, twin: Running) -> None:
    twin.state.nulls = True
    assert contradictions(route, twin) == set(DEVIATIONS.get(route.operation, {}))


@pytest.mark.parametrize("route", OPERATIONS, ids=[each.operation for each in OPERATIONS])
def test_without_its_odd_answers_it_contradicts_less(route: Route, twin: Running) -> None:
    twin.state.nulls = False
    declared = {place for place, why in DEVIATIONS.get(route.operation, {}).items() if "nulls" not in why}
    assert contradictions(route, twin) == declared


@pytest.mark.parametrize("route", OPERATIONS, ids=[each.operation for each in OPERATIONS])
def test_parameters_and_scopes_are_the_descriptions(route: Route) -> None:
    assert route.parameters == parameters(route.operation)
    assert ({route.scope} if route.scope else set()) == scopes(route.operation)
