"""Every route of the twin, asked about the demo company, against GitHub's OpenAPI description; declared deviations both ways."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.sandbox.clock import Clock
from integrations.sandbox.github import routes
from integrations.sandbox.github.call import ROUTES, Route
from integrations.sandbox.github.scenario import APP_ID, OWNER_TOKEN, fernhill, steps
from integrations.sandbox.github.server import Running, running
from integrations.sandbox.github.story import play
from tests.integrations.sandbox.github.conftest import HTTP
from tests.integrations.sandbox.github.descriptions import described, needs_descriptions, problems, unheard_of

assert routes
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DEVIATIONS = yaml.safe_load((Path(__file__).parent / "deviations.yaml").read_text())
HOMES = {
    "/repos/{owner}/{repo}": ["api", "infrastructure", "experiments", "python-client"],
    "/repos/{owner}/{repo}/secret-scanning/alerts": ["kubernetes-config"],
}
OPERATIONS = sorted(ROUTES, key=lambda each: (each.operation, each.method))

pytestmark = needs_descriptions


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def twin(key: rsa.RSAPrivateKey) -> Iterator[Running]:
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    clock = Clock(START)
    state = fernhill(clock, public)
    for _ in play(state, steps(START, START + timedelta(days=152)), START + timedelta(days=152)):
        pass
    state.settings.plan = "enterprise"
    state.settings.allowed_actions = "selected"
    state.repositories["api"].protections["main"] = state.repositories["runbooks"].protections["main"]
    state.repositories["api"].protections["main"].bypass_logins = ["tom-okafor"]
    state.add_ruleset("own", [{"type": "required_signatures"}], repository="api")
    with running(state) as served:
        yield served


def addresses(route: Route, twin: Running) -> list[str]:
    """Concrete addresses of a route, several where several shapes exist."""
    state = twin.state
    homes = HOMES.get(route.operation, ["api"])
    home = state.repositories["api"]
    pulls = home.pulls[-3:]
    fixed = {
        "org": state.login,
        "owner": state.login,
        "username": "tom-okafor",
        "team_slug": "platform",
        "branch": "main",
        "installation_id": str(state.installations[0].id),
    }
    fixed["alert_number"] = str(home.dependabot[0].number)
    fixed["ruleset_id"] = str((home.rulesets if "{repo}" in route.operation else state.rulesets)[0].id)
    found = []
    for name in homes:
        for pull in pulls if "pull" in route.operation or "{ref}" in route.operation else pulls[:1]:
            values = fixed | {"repo": name, "pull_number": str(pull.number), "ref": str(pull.merge_sha), "commit_sha": str(pull.merge_sha)}
            found.append(route.operation.format(**values))
    query = {"/search/issues": "?q=org:fernhill+is:pr+is:merged", "/repos/{owner}/{repo}/pulls": "?state=closed"}.get(route.operation, "")
    return [each + query for each in dict.fromkeys(found)]


def credential(route: Route, twin: Running, key: rsa.RSAPrivateKey) -> str:
    now = int(twin.clock.now().timestamp())
    if route.operation.startswith("/app") or route.operation.endswith("/installation"):
        return jwt.encode({"iat": now - 30, "exp": now + 300, "iss": str(APP_ID)}, key, "RS256")
    if route.operation in ("/installation/repositories", "/orgs/{org}/personal-access-tokens"):
        installation = twin.state.installations[0]
        twin.state.add_token("ghs_test", "installation", installation=installation.id, permissions=installation.permissions)
        return "ghs_test"
    return OWNER_TOKEN


def ask(route: Route, twin: Running, key: rsa.RSAPrivateKey) -> list[httpx.Response]:
    headers = {"Authorization": f"Bearer {credential(route, twin, key)}"}
    return [HTTP.request(route.method, twin.url + each, headers=headers) for each in addresses(route, twin)]


def declared(operation: str, part: str) -> dict[str, str]:
    return DEVIATIONS.get(operation, {}).get(part, {})


@pytest.mark.parametrize("route", OPERATIONS, ids=lambda each: f"{each.method} {each.operation}")
def test_an_answer_has_the_form_github_describes(route: Route, twin: Running, key: rsa.RSAPrivateKey) -> None:
    for answer in ask(route, twin, key):
        assert answer.status_code < 300, answer.text
        schema = described(route.operation, route.method, answer.status_code)
        if schema is None:
            assert answer.content == b""
            continue
        assert answer.json() not in ([], {}), "an empty answer proves nothing"
        found = [each for each in problems(schema, answer.json()) if not _is_declared(each, declared(route.operation, "contradicts"))]
        assert found == []
        assert unheard_of(schema, answer.json()) - set(declared(route.operation, "adds")) == set()


@pytest.mark.parametrize("operation", sorted(DEVIATIONS))
def test_a_declared_deviation_is_still_there(operation: str, twin: Running, key: rsa.RSAPrivateKey) -> None:
    route = next(each for each in ROUTES if each.operation == operation)
    contradictions: list[str] = []
    added: set[str] = set()
    for answer in ask(route, twin, key):
        schema: Any = described(operation, route.method, answer.status_code)
        contradictions += problems(schema, answer.json())
        added |= unheard_of(schema, answer.json())
    for path in declared(operation, "contradicts"):
        assert any(_is_declared(each, {path: ""}) for each in contradictions), (
            f"{path} agrees with the description by now: take it out of the file"
        )
    assert set(declared(operation, "adds")) <= added


def test_an_error_has_the_form_github_describes(twin: Running) -> None:
    answer = HTTP.get(f"{twin.url}/repos/fernhill/nothing", headers={"Authorization": f"Bearer {OWNER_TOKEN}"})

    schema = described("/repos/{owner}/{repo}", "get", 404)
    assert schema is not None
    assert problems(schema, answer.json()) == []
    assert answer.json()["message"] == "Not Found"


def _is_declared(problem: str, paths: dict[str, str]) -> bool:
    place = ".".join("*" if each.isdigit() else each for each in problem.split(": ", 1)[0].split("."))
    return place in paths
