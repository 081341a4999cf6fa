"""Secrets and private fields that GitHub sends: nowhere in what is kept, shown or logged; facts are the same without them."""

import contextlib
import importlib
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from integrations.errors import Fault, SchemaDrift
from integrations.sandbox.github.server import Running
from integrations.sandbox.github.state import CodeScanningAlert, SecretAlert
from integrations.transport.redaction import redact
from integrations.vendors.github.connector import GithubConnector
from integrations.vendors.github.permissions import RIGHTS
from integrations.vendors.github.redactions import REDACTIONS
from tests.integrations.github.conftest import NOON
from tests.integrations.github.scanning import Reader, reading
from tests.integrations.persons import all_fields, declared, personal_fields

PLANTED = "planted-7f3a9c"
HOOKS = {"GET /orgs/{org}/hooks", "GET /repos/{owner}/{repo}/hooks"}


def kept(run: Reader) -> bytes:
    """Everything of the spool and the ledger."""
    pages = b"\n".join(run.spool.get(each) for each in sorted(run.spool.digests()))
    return pages + repr(run.context.ledger.calls()).encode()


@pytest.fixture
def planted(twin: Running) -> Iterator[Running]:
    """A company whose alerts and profile carry what must not be kept."""
    home = twin.state.repositories["api"]
    home.secret_alerts.append(SecretAlert(number=1, secret_type="aws_access_key_id", created_at=NOON))
    home.code_alerts.append(CodeScanningAlert(number=1, rule="py/sql-injection", created_at=NOON, severity="high"))
    twin.faults.add("set", "/orgs/*/secret-scanning/alerts", at="0.secret", value=PLANTED)
    twin.faults.add("set", "/orgs/*/code-scanning/alerts", at="0.most_recent_instance.message", value={"text": PLANTED})
    yield twin


def test_a_secret_and_a_piece_of_code_are_nowhere_and_the_facts_are_there(planted: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), reading(planted) as run:
        facts = [*run.observations("secret_alert"), *run.observations("code_alert")]
        everything = kept(run)
        removed = {each for words in run.spool.redactions().values() for each in words}
    assert [each.fact.KIND for each in facts] == ["secret_alert", "code_alert"]
    assert PLANTED.encode() not in everything
    assert PLANTED not in repr(facts) + caplog.text
    assert {"[].secret: masked", "[].most_recent_instance.message: dropped"} <= removed
    assert set(facts[0].pages) <= set(run.spool.redactions())


def test_an_answer_that_cannot_be_searched_is_not_kept_and_its_stream_says_so(twin: Running) -> None:
    twin.faults.add("status", "/orgs/*/secret-scanning/alerts", times=None, status=200, body={"secret": PLANTED})
    with reading(twin) as run:
        with pytest.raises(SchemaDrift, match="not kept"):
            run.observations("secret_alert")
        (call,) = run.context.ledger.calls()
        assert (call.sha256, call.size, call.fault) == ("", 0, "schema_drift")
        assert PLANTED.encode() not in kept(run)


def test_the_credential_is_in_no_page_ledger_line_or_log_line(planted: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="httpx"), reading(planted) as run:
        for stream in GithubConnector.STREAMS:
            with contextlib.suppress(Fault):  # some streams are for apps only
                run.observations(stream.kind)
        logging.getLogger("plumbline.test").warning("refused: Bearer %s", "ghp_marta")
        with httpx.Client() as other:
            other.get(planted.url, headers={"authorization": "Bearer ghp_marta"})
        everything = kept(run)
        assert len(run.context.ledger) > 20
    assert b"ghp_marta" not in everything
    assert "ghp_marta" not in caplog.text and "[redacted]" in caplog.text
    assert {each.name.partition(".")[0] for each in caplog.records} >= {"httpx", "httpcore"}


@pytest.mark.parametrize("operation", sorted(set(REDACTIONS)))
def test_every_operation_of_the_table_is_one_that_is_read(operation: str) -> None:
    assert operation in RIGHTS or operation in HOOKS | {"GET /user"}


def test_a_webhooks_secret_is_masked_should_anybody_read_webhooks() -> None:
    body = json.dumps(
        [{"id": 1, "config": {"url": "https://x.example", "secret": PLANTED}, "last_response": {"message": PLANTED}}]
    ).encode()
    for operation in sorted(HOOKS):
        assert json.loads(redact(body, REDACTIONS[operation]).body) == [
            {"id": 1, "config": {"url": "https://x.example", "secret": "[redacted]"}}
        ]


def test_of_a_person_only_the_account_is_kept() -> None:
    person: dict[str, Any] = {
        "login": "marta",
        "id": 1,
        "email": PLANTED,
        "name": PLANTED,
        "two_factor_authentication": True,
        "plan": {"x": PLANTED},
    }
    assert json.loads(redact(json.dumps(person).encode(), REDACTIONS["GET /user"]).body) == {"id": 1, "login": "marta"}
    for operation in ("GET /orgs/{org}/members", "GET /orgs/{org}/outside_collaborators"):
        assert json.loads(redact(json.dumps([person]).encode(), REDACTIONS[operation]).body) == [{"id": 1, "login": "marta"}]


def test_every_field_about_persons_is_declared_with_its_reason() -> None:
    facts = [importlib.import_module(f"evidence.facts.{stream.kind}.v1") for stream in GithubConnector.STREAMS]
    stated = declared("github")
    undeclared = personal_fields(facts) - set(stated.read) - set(stated.things)
    assert undeclared == set(), "say in integrations/vendors/github/private.yaml what it is and why it is read"
    assert set(stated.read) | set(stated.things) <= all_fields(facts)
    assert all(each["what"] and each["why"] for each in stated.read.values()) and stated.never
