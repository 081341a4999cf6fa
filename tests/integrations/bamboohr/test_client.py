"""How calls go out and what each refusal means: every fault of the script has its name, nothing is half-read, nothing is written."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from integrations import errors
from integrations.errors import Fault
from integrations.sandbox.bamboohr.server import Running
from integrations.vendors.bamboohr.client import BambooClient
from integrations.vendors.bamboohr.errors import Refusal, fault_of
from integrations.vendors.bamboohr.readonly import refuse_unless_read
from tests.integrations.bamboohr.conftest import NOON, SECRET
from tests.integrations.bamboohr.scanning import KEY, OAUTH, reading

DATA = "/api/v2/datasets/employee/data"
BOTH = pytest.mark.parametrize("secrets", [KEY, OAUTH], ids=["key", "oauth"])


def fault_of_reading(twin: Running, **more: Any) -> Fault:
    with reading(twin, **more) as run, pytest.raises(Fault) as caught:
        run.observations()
    return caught.value


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("unauthorized", {}, errors.AuthRevoked),
        ("forbidden", {}, errors.PermissionMissing),
        ("not_found", {}, errors.PermissionMissing),
        ("status", {"status": 402}, errors.NotLicensed),
        ("status", {"status": 413}, errors.PartialResult),
        ("status", {"status": 418}, errors.SchemaDrift),
        ("status", {"status": 302, "headers": {"Location": "https://attacker.example/"}}, errors.SchemaDrift),
        ("status", {"status": 500}, errors.Transient),
        ("too_many_requests", {}, errors.RateLimited),
        ("unavailable", {}, errors.RateLimited),
        ("server_error", {}, errors.VendorOutage),
        ("html", {}, errors.VendorOutage),
        ("wrong_content_type", {}, errors.VendorOutage),
        ("truncated", {}, errors.Transient),
        ("cut_json", {}, errors.HostilePayload),
        ("duplicate_keys", {"at": "meta", "key": "page"}, errors.HostilePayload),
        ("deep", {"at": "meta"}, errors.HostilePayload),
        ("huge", {}, errors.HostilePayload),
        ("empty_list", {}, errors.SchemaDrift),
        ("set", {"at": "data", "value": "none"}, errors.SchemaDrift),
        ("null", {"at": "meta"}, errors.SchemaDrift),
    ],
)
def test_each_fault_of_the_script_has_its_name(twin: Running, kind: str, options: dict[str, Any], expected: type[Fault]) -> None:
    twin.faults.add(kind, DATA, times=None, **options)
    fault = fault_of_reading(twin)
    assert isinstance(fault, expected), fault
    assert fault.operation == "POST /api/v2/datasets/{datasetName}/data"


@pytest.mark.parametrize("kind", ["server_error", "truncated"])
def test_what_passes_is_tried_again_within_the_call(twin: Running, kind: str) -> None:
    twin.faults.add(kind, DATA, times=2)
    with reading(twin) as run:
        assert len(run.facts()) == 6
        assert len(run.slept) == 2
        calls = [each for each in run.context.ledger.calls() if each.operation.endswith("/data")]
    assert [bool(each.fault) for each in calls] == [True, True, False]


def test_a_limit_is_not_slept_out_and_says_when_to_come_back(twin: Running) -> None:
    twin.faults.add("unavailable", DATA, retry_after=90)
    with reading(twin) as run:
        with pytest.raises(errors.RateLimited) as caught:
            run.observations()
        assert run.slept == []
    assert caught.value.retry_at == NOON + timedelta(seconds=90)


def test_one_odd_record_does_not_lose_the_others(twin: Running) -> None:
    twin.faults.add("set", DATA, times=None, at="data.2.fields", value=None)
    twin.faults.add("extra", DATA, times=None, at="data.0")
    with reading(twin) as run:
        assert len(run.facts()) == 5
        (fault,) = run.context.faults("person")
    assert (fault.kind, fault.partition) == ("schema_drift", "row 3")


def test_a_nul_in_a_name_is_left_out_and_said(twin: Running) -> None:
    twin.faults.add("nul", DATA, times=None, at="data.0.fields.lastName")
    with reading(twin) as run:
        assert "Elena Rossiafter" in [each.name for each in run.facts().values()]
        assert [each.kind for each in run.context.faults("person")] == ["schema_drift"]


def test_a_next_link_to_elsewhere_is_not_followed(twin: Running) -> None:
    twin.faults.add("foreign_next", "/api/v1/employees", times=None)
    with reading(twin, secrets=OAUTH) as run:
        assert len(run.facts()) == 6


@BOTH
def test_nothing_but_reads_was_sent(twin: Running, secrets: Mapping[str, str]) -> None:
    with reading(twin, secrets=secrets) as run:
        run.connector.identify(run.context)
        run.connector.probe(run.context, run.context.kinds)
        for kind in ("person", "roster", "person_change"):
            run.observations(kind)
    posts = {each.path for each in twin.requests if each.method != "GET"}
    assert posts <= {DATA, "/token.php"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/employees"),
        ("POST", "/api/v1/employees/1"),
        ("PUT", "/api/v1/employees/1"),
        ("DELETE", "/api/v1/webhooks/1"),
        ("POST", "/api/v1/datasets/employee"),
        ("POST", "/api/v2/datasets/a/b/data"),
        ("POST", "/api/v2/datasets/employee/data/../../../v1/employees"),
        ("HEAD", "/api/v1/employees"),
    ],
)
def test_what_is_no_read_is_refused_before_it_is_sent(method: str, path: str) -> None:
    with pytest.raises(errors.WriteRefused):
        refuse_unless_read(method, path)


# -- credentials ---------------------------------------------------------------------------------------------------------


def test_an_access_token_that_ends_in_mid_run_is_renewed_once(twin: Running) -> None:
    twin.faults.drift("/api/v1/employees", lambda state: state.applications["app"].tokens.clear(), when="before", nth=1)
    with reading(twin, secrets=OAUTH) as run:
        assert len(run.facts()) == 6
    assert sum(each.path == "/token.php" for each in twin.requests) == 2


def test_a_revoked_grant_ends_the_run_and_says_so(twin: Running) -> None:
    twin.state.applications["app"].revoked = True
    fault = fault_of_reading(twin, secrets=OAUTH)
    assert isinstance(fault, errors.AuthRevoked)
    assert "sign in at BambooHR again" in fault.detail and SECRET not in fault.detail


def test_a_right_revoked_in_mid_run_leaves_no_half_read_roster(twin: Running) -> None:
    twin.faults.add("forbidden", DATA, nth=2, times=None)
    with reading(twin) as run:
        run.connector._page_rows = 2
        with pytest.raises(errors.PermissionMissing):
            run.observations()
        with pytest.raises(errors.PermissionMissing):
            run.observations("roster")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"company": "https://fernhill.bamboohr.com"}, "NAME of https"),
        ({"company": ""}, "NAME of https"),
        ({"base_url": "ftp://fernhill.example"}, "begin with https"),
        ({"time_zones": "Berlin = Europe/Atlantis"}, "no time zone"),
        ({"time_zones": "Berlin = ../../etc/passwd"}, "no time zone"),
        ({"former_emails_field": "birthDate"}, "never read"),
        ({"contract_end_field": "homeEmail"}, "never read"),
        ({"contract_end_field": "a b"}, "no name of a field"),
    ],
)
def test_settings_that_cannot_work_say_what_to_do(twin: Running, settings: dict[str, str], said: str) -> None:
    with reading(twin, settings=settings) as run, pytest.raises(errors.Misconfigured, match=said):
        run.observations()
    assert twin.requests == []


def test_without_any_credential_nothing_is_sent(twin: Running) -> None:
    assert isinstance(fault_of_reading(twin, secrets={}), errors.Misconfigured)
    assert isinstance(fault_of_reading(twin, secrets={"api_key": "with\nnewline"}), errors.Misconfigured)
    assert twin.requests == []


def test_an_own_field_that_bamboohr_does_not_know_is_named(twin: Running) -> None:
    fault = fault_of_reading(twin, settings={"contract_end_field": "contractOver"})
    assert isinstance(fault, errors.Misconfigured) and "contractOver" in fault.detail


def test_a_private_address_is_not_called_without_the_operators_leave(twin: Running) -> None:
    with reading(twin, allow=()) as run, pytest.raises(errors.ForbiddenAddress):
        BambooClient(run.context)
    assert twin.requests == []


# -- the probe -----------------------------------------------------------------------------------------------------------


@BOTH
def test_the_probe_says_ok_for_each_operation_of_a_working_connection(twin: Running, secrets: Mapping[str, str]) -> None:
    with reading(twin, secrets=secrets) as run:
        probes = run.connector.probe(run.context, run.context.kinds)
    assert {each.outcome for each in probes} == {"ok"}
    assert len(probes) == 7


@pytest.mark.parametrize(
    ("right", "operation", "advice"),
    [
        ("employmentStatus", "GET /api/v1/employees/{id}/tables/employmentStatus", "Employment Status"),
        ("job", "GET /api/v1/employees/{id}/tables/jobInfo", "Job Information"),
        ("report", "POST /api/v2/datasets/{datasetName}/data", "run reports"),
        ("employees", "GET /api/v1/employees/changed", "all employees"),
    ],
)
def test_a_missing_right_is_named_with_where_to_grant_it(twin: Running, right: str, operation: str, advice: str) -> None:
    twin.state.keys[KEY["api_key"]].rights.discard(right)
    with reading(twin) as run:
        missing = {each.operation: each.detail for each in run.connector.probe(run.context, run.context.kinds) if each.outcome == "missing"}
    assert advice in missing[operation]


def test_a_missing_scope_is_named(twin: Running) -> None:
    twin.state.applications["app"].scopes -= {"report", "employee:job"}
    with reading(twin, secrets=OAUTH) as run:
        missing = {each.operation: each.detail for each in run.connector.probe(run.context, run.context.kinds) if each.outcome == "missing"}
        people = run.people()
    assert "add the scope report" in missing["POST /api/v2/datasets/{datasetName}/data"]
    assert "employee:job" in missing["GET /api/v1/employees/{id}/tables/jobInfo"]
    assert people["Tom"].employee_number == "" and people["Tom"].hired is None and people["Hugo"].status is None


# -- the table of meanings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [*range(300, 600)])
def test_every_status_means_something_that_is_no_success(status: int) -> None:
    for headers in ({}, {"retry-after": "5"}, {"retry-after": "9" * 30}):
        for html in (True, False):
            refusal = Refusal(status=status, said="", headers=headers, html=html, operation="GET /x")
            assert isinstance(fault_of(refusal, NOON), Fault)
