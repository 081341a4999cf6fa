"""A small GitHub: Marta owns it, Tom has no second factor; one protected repository, one public."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from integrations.sandbox.clock import Clock
from integrations.sandbox.github.server import Running, running
from integrations.sandbox.github.state import BranchProtection, State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWNER_SCOPES = {"repo", "admin:org", "security_events", "read:user", "read:audit_log"}


@pytest.fixture
def state() -> State:
    made = State(login="fernhill", clock=Clock(NOON), created_at=datetime(2024, 1, 8, tzinfo=UTC))
    made.add_member("marta", role="admin", name="Marta Lindqvist", email="marta@fernhill.example")
    made.add_member("tom", name="Tom Okafor", email="tom@fernhill.example", second_factor="disabled")
    made.add_member("jonas", name="Jonas Weber", email="jonas@fernhill.example")
    made.add_repository("api").protections["main"] = BranchProtection(reviews=1, contexts=["ci"])
    made.add_repository("docs", visibility="public")
    made.add_token("ghp_marta", "classic", "marta", scopes=set(OWNER_SCOPES))
    made.add_token("ghp_tom", "classic", "tom", scopes={"repo", "read:org"})
    return made


@pytest.fixture
def twin(state: State) -> Iterator[Running]:
    with running(state) as served:
        yield served
