"""Private fields are neither asked for nor kept, whatever BambooHR sends; the credential is nowhere."""

import contextlib
import importlib
import json
import logging
import re
from collections.abc import Mapping

import pytest

from integrations.sandbox.bamboohr.server import Running
from integrations.sandbox.bamboohr.state import PRIVATE
from integrations.transport.redaction import redact
from integrations.vendors.bamboohr.collectors import names
from integrations.vendors.bamboohr.collectors.names import is_forbidden
from integrations.vendors.bamboohr.connector import BamboohrConnector
from integrations.vendors.bamboohr.redactions import DATA, JOBS, LIST, ONE, STATUSES, WHO, redactions
from tests.integrations.bamboohr.conftest import API_KEY, REFRESH, SECRET, TOM
from tests.integrations.bamboohr.scanning import KEY, OAUTH, reading
from tests.integrations.persons import all_fields, declared, personal_fields

PLANTED = "planted-7f3a9c"
BOTH = pytest.mark.parametrize("secrets", [KEY, OAUTH], ids=["key", "oauth"])
WORDS = re.compile(
    r"birth|ssn|pay|salary|compens|bank|tax|gender|marital|home|private|address|zip|phone|photo|comment|reason|depend|emergency|health|timeoff",
    re.IGNORECASE,
)


@BOTH
def test_even_a_credential_that_may_see_everything_is_not_used_to_see_it(
    twin: Running, secrets: Mapping[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    twin.state.keys[API_KEY].rights.add("everything")
    twin.state.applications["app"].scopes |= {"everything", "employee", "sensitive_employee:protected_info", "employee:compensation"}
    with caplog.at_level(logging.DEBUG), reading(twin, secrets=secrets) as run:
        run.connector.identify(run.context)
        run.connector.probe(run.context, run.context.kinds)
        facts = [*run.observations(), *run.observations("roster"), *run.observations("person_change")]
        kept = run.kept()
    with reading(twin, secrets=secrets, only={"person": frozenset({str(TOM)})}) as run:
        facts += run.observations()
        kept += run.kept()

    for value in (*PRIVATE.values(), "Personal reasons", "moves to a rival", "images.example", "Oranienstrasse", "555010"):
        assert value not in kept + repr(facts) + caplog.text
    for secret in (API_KEY, SECRET, REFRESH, "sandbox-token-"):
        assert secret not in kept + repr(facts) + caplog.text


@BOTH
def test_no_request_names_a_private_field(twin: Running, secrets: Mapping[str, str]) -> None:
    with reading(twin, secrets=secrets) as run:
        run.connector.probe(run.context, run.context.kinds)
        for kind in ("person", "roster", "person_change"):
            run.observations(kind)
    with reading(twin, secrets=secrets, only={"person": frozenset({str(TOM)})}) as run:
        run.observations()

    asked = [each for each in twin.requests if each.path != "/token.php"]
    assert len(asked) > 15
    assert [each for each in asked if WORDS.search(f"{each.path} {each.query} {each.body}")] == []
    assert not any("compensation" in each.path or "time_off" in each.path or "files" in each.path for each in asked)


def test_the_lists_of_what_is_read_hold_nothing_private() -> None:
    fields = {*names.LISTED.values(), *names.SINGLE.values(), *names.STATUS_TABLE, *names.JOB_TABLE}
    fields |= {each for options in names.IN_DATASET.values() for each in options}
    assert [each for each in sorted(fields) if WORDS.search(each) or is_forbidden(each)] == []


@pytest.mark.parametrize("operation", [LIST, ONE, WHO, STATUSES, JOBS, DATA])
def test_a_field_that_the_vendor_adds_tomorrow_is_not_kept(operation: str) -> None:
    row = {"id": "3", "employeeId": "3", "status": "Active", "bloodType": PLANTED, "nested": {"deep": PLANTED}}
    bodies = {LIST: {"data": [row]}, ONE: row, WHO: row, STATUSES: [row], JOBS: [row], DATA: {"data": [{"fields": row, "extra": PLANTED}]}}
    kept = redact(json.dumps(bodies[operation]).encode(), redactions(())[operation])
    assert PLANTED.encode() not in kept.body and kept.removed


def test_an_answer_in_which_private_fields_cannot_be_found_is_not_kept(twin: Running) -> None:
    twin.faults.add("status", "/api/v1/employees/all/tables/*", times=None, status=200, body={"rows": [{"comment": PLANTED}]})
    with reading(twin) as run:
        with contextlib.suppress(Exception):
            run.observations()
        assert PLANTED not in run.kept()
        assert [each.sha256 for each in run.context.ledger.calls() if each.fault == "schema_drift"] == [""]


def test_an_error_answer_does_not_bring_private_fields_in(twin: Running) -> None:
    twin.faults.add("status", "/api/v2/datasets/employee/data", times=None, status=500, body={"data": [{"fields": {"ssn": PLANTED}}]})
    with reading(twin) as run:
        with contextlib.suppress(Exception):
            run.observations()
        assert PLANTED not in run.kept()


@pytest.mark.parametrize(
    "field", ["birthDate", "homeEmail", "payRate", "SSN", "sin", "personalEmail", "bankAccount", "terminationReason", "mobilePhone"]
)
def test_a_private_field_is_refused_as_a_setting(field: str) -> None:
    assert is_forbidden(field)


@pytest.mark.parametrize("field", ["formerWorkEmails", "contractEndDate", "corporateAliases", "businessUnit", "customEndOfContract"])
def test_an_ordinary_field_is_not(field: str) -> None:
    assert not is_forbidden(field)


def test_every_field_about_persons_is_declared_with_its_reason() -> None:
    facts = [importlib.import_module(f"evidence.facts.{stream.kind}.v1") for stream in BamboohrConnector.STREAMS]
    stated = declared("bamboohr")
    assert personal_fields(facts) - set(stated.read) - set(stated.things) == set()
    assert set(stated.read) | set(stated.things) <= all_fields(facts)
    assert all(each["what"] and each["why"] for each in stated.read.values()) and stated.never
