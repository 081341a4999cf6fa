"""One sandbox per module: moto's state is the process's, so no sandbox outlives its module."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integrations.sandbox.aws.estate.site import Site
from integrations.sandbox.aws.server import Sandbox, running

Client = Callable[..., Any]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A running AWS."""
    with running() as aws:
        yield aws


@pytest.fixture
def aws(sandbox: Sandbox) -> Sandbox:
    """The running AWS with an empty account."""
    sandbox.reset()
    sandbox.page_size = None
    return sandbox


@pytest.fixture
def client(aws: Sandbox) -> Client:
    """boto3 clients to it: `client("iam")`, `client("ec2", "eu-west-1")`."""
    return Site(sandbox=aws, plan={}, people=[]).client
