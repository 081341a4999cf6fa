"""Okta in the product: the wizard, the proof that names a missing scope, the API, and a first run of the whole demo company."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.conf import settings

from compliance.pipeline import refresh
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.models import Check, Verdict
from controls.services.adoption import adopt_controls, library
from evidence.models import Subject
from integrations.models import Connection, Credential
from integrations.sandbox.clock import Clock
from integrations.sandbox.okta.scenario import API_TOKEN, fernhill
from integrations.sandbox.okta.server import Running, running
from integrations.services.connections import start_connection
from integrations.services.probing import probe_connection
from tests.integrations.okta.conftest import PEM, as_app, small
from tests.integrations.okta.scanning import LOOPBACK


@pytest.fixture(autouse=True)
def loopback_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CONFIGURATION", replace(settings.CONFIGURATION, outgoing_allow=LOOPBACK))


@pytest.fixture
def okta() -> Iterator[Running]:
    with running(small(Clock())) as served:
        yield served


def test_the_connect_form_asks_for_what_the_connector_needs(fernhill, marta, browser_of) -> None:
    browser = browser_of(marta)
    catalogue = browser.get("/fernhill/connections/").content.decode()
    assert "Okta" in catalogue and "Passwords, telephone numbers, addresses" in catalogue
    page = browser.get("/fernhill/connections/new/okta/").content.decode()
    for name in ("org_url", "client_id", "private_key", "key_id", "token", "factors"):
        assert f'name="{name}"' in page


def test_the_address_is_needed(fernhill, marta, browser_of) -> None:
    answer = browser_of(marta).post("/fernhill/connections/new/okta/", {"name": "Okta", "cadence_minutes": "60"})
    assert answer.status_code == 422
    with scope(fernhill.pk):
        assert not Connection.objects.exists()


def test_the_wizard_proves_the_app_and_names_the_scope_that_is_missing(fernhill, marta, browser_of, okta: Running) -> None:
    given = as_app(okta, "okta.logs.read")
    body = {"name": "Okta", "cadence_minutes": "60", "org_url": okta.url, **given["settings"], **given["secrets"], "factors": "read"}
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=fernhill.created_at)
        answer = browser_of(marta).post("/fernhill/connections/new/okta/", body)
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        made = Connection.objects.get(vendor="okta")
        assert PEM.encode() not in bytes(Credential.objects.get().ciphertext)
        proof = probe_connection(made.pk)
        assert proof["account_name"] == "Fernhill"
        page = browser_of(marta).get(answer["Location"]).content.decode()
    assert "okta.logs.read" in page and "GET /api/v1/logs" in page
    assert "BEGIN PRIVATE KEY" not in page


def test_a_connection_is_made_by_the_api_too(fernhill, marta, browser_of, okta: Running) -> None:
    body = {"vendor": "okta", "name": "Okta", "settings": {"org_url": okta.url, "token": "00marta"}}
    answer = browser_of(marta).post("/api/v1/fernhill/connections/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["vendor"]) == (201, "okta")
    assert "00marta" not in answer.content.decode()


def test_the_demo_company_is_read_whole_and_its_known_troubles_are_found(fernhill, marta, browser_of) -> None:
    with running(_company()) as served, scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=fernhill.created_at)
        body = {"name": "Okta", "cadence_minutes": "60", "org_url": served.url, "token": API_TOKEN}
        assert browser_of(marta).post("/fernhill/connections/new/okta/", body).status_code == 302
        made = Connection.objects.get(vendor="okta")
        start_connection(actor=SYSTEM, connection=made, now=datetime.now(UTC))
        run = refresh(made.pk, beat=False)
        assert run is not None and (run.outcome, run.fault) == ("complete", "")
        people = Subject.objects.filter(stream__vendor="okta", stream__kind="identity")
        assert people.count() == len(served.state.users)
        bare = Verdict.objects.filter(outcome=1, check_row__check_id="okta.user.mfa_enrolled").values_list("subject__name", flat=True)
        assert {"hendrik.olsen@fernhill.example", "peter.baumann@fernhill.example"} <= set(bare)
        assert "tom.okafor@fernhill.example" not in bare
        tokens = Verdict.objects.filter(outcome=1, check_row__check_id="okta.token.hygiene").values_list("subject__name", flat=True)
        assert set(tokens) == {"Terraform"}
        assert Check.objects.get(check_id="okta.admin.phishing_resistant").state == "pass"
        assert Check.objects.get(check_id="okta.policy.mfa_required").state == "fail"


def _company():
    """As of now; the machine's clock goes on."""
    clock = Clock(datetime.now(UTC))
    state = fernhill(clock)
    clock.follow_machine()
    return state
