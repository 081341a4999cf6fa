"""The vendor's README says what the code asks for; what concerns people only is nowhere in what is kept."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import integrations.vendors.okta
from integrations.sandbox.okta.server import Running
from integrations.transport.redaction import redact
from integrations.vendors.okta.connector import OktaConnector
from integrations.vendors.okta.permissions import SCOPES
from integrations.vendors.okta.redactions import REDACTIONS
from tests.integrations.okta.scanning import ALL_KINDS, reading
from tests.integrations.persons import all_fields, declared, personal_fields

TEXT = (Path(integrations.vendors.okta.__path__[0]) / "README.md").read_text()
PLANTED = "planted-2f8b"


def test_every_operation_stands_beside_its_scope() -> None:
    for operation, scope in SCOPES.items():
        assert any(f"`{scope}`" in line and f"`{operation}`" in line for line in TEXT.splitlines()), operation


def test_every_operation_of_a_stream_has_its_scope_and_every_stream_its_line() -> None:
    for stream in OktaConnector.STREAMS:
        assert set(stream.operations) <= set(SCOPES)
        assert f"| `{stream.kind}` |" in TEXT
        assert stream.never in TEXT


@pytest.mark.parametrize("operation", sorted(REDACTIONS))
def test_every_operation_of_the_table_is_one_that_is_read(operation: str) -> None:
    assert operation in SCOPES


def test_of_a_profile_only_the_allow_list_is_kept_whatever_the_organization_puts_into_it() -> None:
    profile = {
        "login": "tom",
        "email": "t@x.example",
        "mobilePhone": PLANTED,
        "salary": PLANTED,
        "streetAddress": PLANTED,
        "title": PLANTED,
    }
    user = {"id": "1", "status": "ACTIVE", "profile": profile, "credentials": {"password": {"value": PLANTED}}, "_embedded": {"x": PLANTED}}
    kept = json.loads(redact(json.dumps([user]).encode(), REDACTIONS["GET /api/v1/users"]).body)
    assert kept == [{"id": "1", "status": "ACTIVE", "profile": {"login": "tom", "email": "t@x.example"}}]


def test_of_an_event_neither_address_nor_place_nor_browser_is_kept(twin: Running) -> None:
    event = {
        "uuid": "1", "eventType": "user.session.start", "client": {"ipAddress": PLANTED}, "request": {"ipChain": [PLANTED]}, "target": None,
        "actor": {"id": "1", "type": "User", "alternateId": "tom", "displayName": "Tom", "detailEntry": {"x": PLANTED}},
        "debugContext": {"debugData": {"privilegeGranted": "Super", "requestUri": PLANTED}}, "securityContext": {"isp": PLANTED},
    }  # fmt: skip
    kept = json.loads(redact(json.dumps([event]).encode(), REDACTIONS["GET /api/v1/logs"]).body)
    assert PLANTED not in json.dumps(kept)
    assert kept[0]["debugContext"] == {"debugData": {"privilegeGranted": "Super"}} and kept[0]["actor"]["alternateId"] == "tom"


def test_secrets_of_apps_and_streams_are_nowhere(twin: Running) -> None:
    twin.state.streams[0]["settings"]["token"] = PLANTED
    with reading(twin) as run:
        for kind in sorted(ALL_KINDS):
            run.observations(kind)
        everything = b"".join(run.spool.get(each) for each in run.spool.digests())
        removed = {each for words in run.spool.redactions().values() for each in words}
    assert PLANTED.encode() not in everything and b"kept-out-of-sight" not in everything and b"+4930000000" not in everything
    assert {"[].settings: dropped", "[].credentials: dropped"} <= removed


def test_every_field_about_persons_is_declared_with_its_reason() -> None:
    facts = [importlib.import_module(f"evidence.facts.{stream.kind}.v1") for stream in OktaConnector.STREAMS]
    stated = declared("okta")
    undeclared = personal_fields(facts) - set(stated.read) - set(stated.things)
    assert undeclared == set(), "say in integrations/vendors/okta/private.yaml what it is and why it is read"
    assert set(stated.read) | set(stated.things) <= all_fields(facts)
    assert all(each["what"] and each["why"] for each in stated.read.values()) and stated.never


def test_neither_cards_nor_registry_load_the_sdk() -> None:
    code = "import sys; from integrations.cards import cards; import integrations.registry; cards()['okta']; print('okta' in sys.modules, 'aiohttp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["False", "False"]
