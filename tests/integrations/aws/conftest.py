"""An AWS sandbox for the tests of this folder: one server a module, an empty account a test."""

from collections.abc import Iterator

import pytest

from integrations.sandbox.aws.server import Sandbox, running


@pytest.fixture(scope="module")
def aws_server() -> Iterator[Sandbox]:
    """The server. Use `aws`."""
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def aws(aws_server: Sandbox) -> Sandbox:
    """An empty account 123456789012 on loopback."""
    aws_server.reset()
    return aws_server
