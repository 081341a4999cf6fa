"""The site of the twin's own tests, and a connection to it: Marta signs in, or her API token is used."""

from collections.abc import Iterator

import pytest

from integrations.sandbox.jira.server import Running, running
from integrations.sandbox.jira.state import State
from tests.integrations.sandbox.jira.conftest import state

assert state  # the fixture of the twin's tests


@pytest.fixture
def twin(state: State) -> Iterator[Running]:
    state.limit = 100_000
    with running(state, consents="marta.lindqvist") as served:
        yield served
