"""A small GitHub: Marta owns it, Tom has no second factor, Sam only text messages; one protected repository, one public."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from integrations.sandbox.clock import Clock
from integrations.sandbox.github.server import Running, running
from integrations.sandbox.github.state import BranchProtection, State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Ask = Callable[..., httpx.Response]
HTTP = httpx.Client(trust_env=False)  # one for all tests: making one costs more than a test


@pytest.fixture
def state() -> State:
    made = State(login="fernhill", clock=Clock(NOON), created_at=datetime(2024, 1, 8, tzinfo=UTC))
    made.add_member("marta", role="admin", name="Marta Lindqvist", email="marta@fernhill.example")
    made.add_member("tom", name="Tom Okafor", email="tom@fernhill.example", second_factor="disabled")
    made.add_member("sam", name="Sam Carter", email="sam@fernhill.example", second_factor="insecure")
    made.add_repository("api").protections["main"] = BranchProtection(reviews=1, contexts=["ci"])
    made.add_repository("docs", visibility="public")
    made.add_token("ghp_marta", "classic", "marta", scopes={"repo", "admin:org", "security_events"})
    made.add_token("ghp_tom", "classic", "tom", scopes={"repo", "read:org"})
    made.add_token("github_pat_marta", "fine_grained", "marta", permissions={"members": "read"})
    return made


@pytest.fixture
def twin(state: State) -> Iterator[Running]:
    with running(state) as served:
        yield served


@pytest.fixture
def ask(twin: Running) -> Ask:
    """`ask("/orgs/fernhill", "ghp_tom")`: a GET, as Marta unless said otherwise."""

    def call(path: str, token: str = "ghp_marta", **headers: str) -> httpx.Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return HTTP.get(path if path.startswith("http") else twin.url + path, headers={"Authorization": f"Bearer {token}", **names})

    return call


@pytest.fixture
def graph(twin: Running) -> Ask:
    """`graph("{viewer{login}}")`: the answer's JSON."""

    def call(query: str, token: str = "ghp_marta", path: str = "/graphql", **variables: object) -> httpx.Response:
        return HTTP.post(twin.url + path, json={"query": query, "variables": variables}, headers={"Authorization": f"Bearer {token}"})

    return call
