"""What routes answer is what their description says, with rows of every kind and with none."""

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings
from openapi_schema_validator import OAS31Validator

from compliance.members.models import Membership
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.work.models import Problem
from controls.models import Control
from controls.services.adoption import adopt_controls, library
from integrations.models import Connection, Due
from tests.api.programme import CHECK, NOON, Caller, hours, look, programme, user
from tests.conftest import arranging

ALONE = (
    "overview/",
    "controls/",
    "library/",
    "checks/",
    "criteria/",
    "periods/",
    "runs/",
    "problems/",
    "log/",
    "log/checkpoints/",
    "connectors/",
)
ALONE += ("connections/", "trail/", "members/", "tokens/", "invitations/", "")


@pytest.fixture(autouse=True)
def own_addresses(settings):
    """Pages and routes together."""
    settings.ROOT_URLCONF = "compliance.urls"


def described():
    """The description as OpenAPI 3.1, whose null can be checked beside a reference."""
    with patched_settings({"OAS_VERSION": "3.1.0"}):
        return SchemaGenerator().get_schema(request=None, public=True)


def differences(caller, description, pattern, values):
    """Where the answer at an address is not what is described, as sentences."""
    operation = description["paths"][f"/api/v1/{{slug}}/{pattern}"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    found = OAS31Validator({**schema, "components": description["components"]}).iter_errors(caller.read(pattern.format(**values)))
    return [f"{pattern}: {'/'.join(map(str, each.absolute_path))}: {each.message[:200]}" for each in found]


def everything(organization, owner):
    """Something of each kind: values for the variable parts of addresses."""
    runs = programme(organization)
    with scope(organization.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=NOON)
    with arranging(organization):
        connection = Connection.objects.create(vendor="aws", name="Production", settings={"region": "us-east-1"}, created_at=NOON)
        Control.objects.filter(code="AC-07").update(owner=Membership.objects.get(user=owner))
        Problem.objects.create(
            cause="c", title="t", severity="low", about_kind="connection", about_id=connection.pk, opened_at=NOON, last_seen_at=NOON
        )
    with scope(organization.pk):
        proof = {"at": NOON.isoformat(), "state": "failed", "kind": "auth_expired", "detail": "refused", "operations": []}
        Due.objects.create(
            connection=connection, next_run_at=NOON, probe=proof, progress={"stream": "account", "rows": 1, "calls": 1, "done": []}
        )
        run = look(hours(3), user("ada"), connection_id=connection.pk)
    with arranging(organization):
        Connection.objects.update(source_id=run.source_id)
    return {"code": "AC-07", "check_id": CHECK, "run_id": runs[0].pk, "connection_id": connection.pk}


def test_answers_are_what_is_described(fernhill, priya, marta, browser_of):
    values = everything(fernhill, priya)
    caller, description = Caller(browser_of(marta)), described()
    values["subject_id"] = caller.read(f"checks/{CHECK}/subjects/", outcome="passing")["results"][0]["id"]
    values["ref"] = caller.read(f"subjects/{values['subject_id']}/", at=hours(2).isoformat())["record"]["id"]
    single = (
        "controls/{code}/",
        "checks/{check_id}/",
        "checks/{check_id}/points/",
        "checks/{check_id}/subjects/",
        "checks/{check_id}/waivers/",
    )
    single += ("subjects/{subject_id}/", "subjects/{subject_id}/records/", "subjects/{subject_id}/verdicts/", "log/entries/{ref}/")
    single += ("runs/{run_id}/", "runs/{run_id}/ledger/", "connections/{connection_id}/", "connections/{connection_id}/progress/")
    found = [line for pattern in (*ALONE, *single) for line in differences(caller, description, pattern, values)]
    assert found == []


def test_an_organization_that_has_nothing_yet_gets_answers_of_the_same_shape(fernhill, marta, browser_of):
    caller, description = Caller(browser_of(marta)), described()
    assert [line for pattern in ALONE for line in differences(caller, description, pattern, {})] == []
