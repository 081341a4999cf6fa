"""Whoever makes a connector gives back what it holds, whatever the vendor says: after a run, a probe and a scan."""

from datetime import UTC, datetime

import pytest

from compliance.operate.scan import Account, scan
from compliance.pipeline import refresh
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.services.adoption import adopt_controls
from integrations.registry import load_connector
from integrations.sandbox.aws.server import running
from integrations.services.connections import create_connection, start_connection
from integrations.services.probing import probe_connection
from integrations.transport.closing import closed_afterwards

IDENTITY = frozenset({"account"})
KEYS = {"access_key_id": "AKIATEST", "secret_access_key": "test"}


@pytest.fixture
def aws():
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def closed(monkeypatch):
    """Every connector of AWS that was closed, in order; each really closes. One that cannot sign in closes itself besides."""
    connector = load_connector("aws")
    seen, really = [], connector.close

    def close(self):
        if self not in seen:
            seen.append(self)
        really(self)

    monkeypatch.setattr(connector, "close", close)
    return seen


@pytest.fixture
def connection(fernhill, aws, settings):
    object.__setattr__(settings.CONFIGURATION, "outgoing_allow", ("127.0.0.1/32",))
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=["AC-07"], now=datetime.now(UTC))
        made = create_connection(
            actor=SYSTEM, vendor="aws", name="AWS", vendor_settings=load_connector("aws").SETTINGS,
            given={**KEYS, "endpoint_url": aws.url, "regions": "us-east-1"}, external_id="", now=datetime.now(UTC),
        )  # fmt: skip
        start_connection(actor=SYSTEM, connection=made, now=datetime.now(UTC))
        yield made


def test_a_run_and_a_probe_close_their_connector_once_each(connection, closed):
    refresh(connection.pk, beat=False, kinds=IDENTITY)
    assert len(closed) == 1
    probe_connection(connection.pk)
    assert len(closed) == 2 and closed[0] is not closed[1]


def test_a_refused_credential_closes_it_too(connection, aws, closed):
    aws.faults.add("sts:GetCallerIdentity", "expired")
    assert probe_connection(connection.pk)["state"] == "failed"
    refresh(connection.pk, beat=False, kinds=IDENTITY)
    assert len(closed) == 2


def test_a_scan_closes_its_connector_whether_it_could_read_or_not(aws, closed):
    account = Account(vendor="aws", settings={"endpoint_url": aws.url, "regions": "us-east-1"}, secrets=KEYS, allow=("127.0.0.1/32",))
    scan(account, ["aws.iam.console_user_mfa"])
    aws.faults.add("sts:GetCallerIdentity", "expired")
    assert scan(account, ["aws.iam.console_user_mfa"]).unread
    assert len(closed) == 2


def test_a_connector_that_holds_nothing_need_not_offer_to_close():
    holder = object()
    with closed_afterwards(holder) as same:
        assert same is holder
