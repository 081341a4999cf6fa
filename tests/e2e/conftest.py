"""The product on loopback, a real Chromium before it, a sandbox of AWS behind it; what a worker would do is done in this process."""

from collections.abc import Iterator

import boto3
import pytest
from playwright.sync_api import Page, expect

from integrations.sandbox.aws.server import Sandbox, running


@pytest.fixture
def page(browser, django_db_setup, live_server) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.set_default_timeout(30_000)
    expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
    yield opened
    context.close()
    assert troubles == []


@pytest.fixture
def aws(settings) -> Iterator[Sandbox]:
    object.__setattr__(settings.CONFIGURATION, "outgoing_allow", ("127.0.0.1/32",))
    with running() as sandbox:
        sandbox.extras.root.mfa = True
        yield sandbox


@pytest.fixture
def iam(aws):
    """The client of whoever administers the account."""
    return boto3.client("iam", endpoint_url=aws.url, region_name="us-east-1", aws_access_key_id="AKIATEST", aws_secret_access_key="test")
