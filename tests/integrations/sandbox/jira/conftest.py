"""A small site: Marta administers it, Tom works in two projects, one project is private."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from integrations.sandbox.clock import Clock
from integrations.sandbox.jira.server import Running, running
from integrations.sandbox.jira.state import State, account_id

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
APP = ("app-1", "app-secret", "https://plumbline.example/callback/")
SCOPES = "read:jira-work read:jira-user read:group:jira read:user:jira read:avatar:jira offline_access"


@pytest.fixture
def state() -> State:
    made = State(clock=Clock(NOON))
    made.add_user("marta.lindqvist", "Marta Lindqvist", "marta@fernhill.example")
    made.add_user("tom.okafor", "Tom Okafor", "tom@fernhill.example")
    made.add_user("jonas.weber", "Jonas Weber", "jonas@fernhill.example", email_shown=False)
    made.add_user("automation", "Automation", "", account_type="app")
    made.add_group("jira-administrators", ["marta.lindqvist"])
    made.add_group("jira-users", ["marta.lindqvist", "tom.okafor", "jonas.weber"])
    made.administrators = {account_id("marta.lindqvist")}
    made.add_project("OPS", "Operations")
    made.add_project("SEC", "Security", browse=[("user", account_id("marta.lindqvist"))])
    made.add_project("TEAM", "Team board", style="next-gen")
    made.add_api_token("token-marta", "marta.lindqvist")
    made.add_api_token("token-tom", "tom.okafor")
    made.add_app(*APP, SCOPES)
    return made


@pytest.fixture
def twin(state: State) -> Iterator[Running]:
    with running(state, consents="marta.lindqvist") as served:
        yield served


@pytest.fixture
def ask(twin: Running) -> Iterator[Callable[..., httpx.Response]]:
    with httpx.Client(base_url=twin.url, trust_env=False) as client:

        def asked(method: str, path: str, who: str = "marta", **more) -> httpx.Response:
            return client.request(method, path, auth=(f"{who}@fernhill.example", f"token-{who}"), **more)

        yield asked
