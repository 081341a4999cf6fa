"""BambooHR in the product: the wizard, the sign-in, a run that is recorded and judged, a right that is lost and given back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.conf import settings

from compliance.pipeline import refresh
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.work.models import Problem
from controls.models import Check, Verdict
from controls.services.adoption import adopt_controls, library
from evidence.models import Subject
from integrations.models import Connection, Credential
from integrations.sandbox.bamboohr.server import Running, running
from integrations.sandbox.bamboohr.state import TERMINATED, State
from integrations.services.connections import start_connection
from integrations.services.credentials import reveal_secrets
from integrations.services.probing import probe_connection
from tests.integrations.bamboohr.conftest import API_KEY, HUGO, KIT, LEA, MARTA, SECRET, TOM

LOOPBACK = ("127.0.0.0/8",)
CHECKS = {"hr.person.core_fields", "hr.person.manager", "hr.term.recorded_timely", "hr.contractor.covered", "hr.roster.fresh"}


@pytest.fixture(autouse=True)
def loopback_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CONFIGURATION", replace(settings.CONFIGURATION, outgoing_allow=LOOPBACK))


@pytest.fixture
def hr(state: State) -> Iterator[Running]:
    """The small company by the machine's clock: Lea lost her department, Kit's contract is over, Tom reports to Hugo who left."""
    state.clock.follow_machine()
    today = state.today()
    state.set_job(LEA, date(2026, 5, 1), "Data intern", "", "Berlin", TOM)
    state.edit(KIT, custom={"contractEndDate": (today - timedelta(days=9)).isoformat()})
    state.set_job(TOM, date(2026, 2, 1), "Platform engineer", "Engineering", "Berlin", HUGO)
    with running(state) as served:
        yield served


def form(twin: Running, **more: str) -> dict[str, str]:
    given = {
        "name": "Personnel",
        "company": "fernhill",
        "base_url": twin.url,
        "contract_end_field": "contractEndDate",
        "cadence_minutes": "60",
    }
    return {**given, "time_zones": "Berlin = Europe/Berlin\nEurope/Lisbon", **more}


def connected(organization, browser, twin: Running, **more: str) -> Connection:
    answer = browser.post("/fernhill/connections/new/bamboohr/", form(twin, **more))
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return Connection.objects.get(vendor="bamboohr")


def failing() -> dict[str, set[str]]:
    rows = Verdict.objects.filter(outcome=1, check_row__check_id__in=CHECKS).select_related("check_row", "subject")
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.check_row.check_id, set()).add(row.subject.name.partition(" ")[0])
    return found


def test_the_connect_form_asks_for_what_the_connector_needs(fernhill, marta, browser_of) -> None:
    browser = browser_of(marta)
    catalogue = browser.get("/fernhill/connections/").content.decode()
    assert "BambooHR" in catalogue and "Pay, birth dates, home addresses" in catalogue
    page = browser.get("/fernhill/connections/new/bamboohr/").content.decode()
    for name in ("company", "api_key", "client_id", "client_secret", "time_zones", "leave_statuses", "former_emails_field"):
        assert f'name="{name}"' in page
    assert "/fernhill/connections/authorized/" in page  # the redirect address to be entered at the vendor


def test_what_is_missing_is_said_at_the_field(fernhill, marta, browser_of) -> None:
    answer = browser_of(marta).post("/fernhill/connections/new/bamboohr/", {"name": "Personnel", "cadence_minutes": "60"})
    assert answer.status_code == 422
    with scope(fernhill.pk):
        assert not Connection.objects.exists()


def test_people_are_read_recorded_and_judged_and_a_lost_right_is_one_problem_and_no_pass(fernhill, marta, browser_of, hr: Running) -> None:
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=fernhill.created_at)
        made = connected(fernhill, browser_of(marta), hr, api_key=API_KEY)
        assert API_KEY.encode() not in bytes(Credential.objects.get().ciphertext)
        proof = probe_connection(made.pk)
        assert (proof["state"], proof["account"]) == ("ok", "fernhill")
        start_connection(actor=SYSTEM, connection=made, now=datetime.now(UTC))
        run = refresh(made.pk, beat=False)

        assert (run.outcome, run.fault) == ("complete", "")
        assert Subject.objects.filter(stream__vendor="bamboohr", stream__kind="person").count() == 6
        assert failing() == {
            "hr.person.core_fields": {"Lea"},
            "hr.person.manager": {"Tom"},
            "hr.contractor.covered": {"Kit"},
        }
        states = dict(Check.objects.filter(check_id__in=CHECKS).values_list("check_id", "state"))
        assert states["hr.roster.fresh"] == "no_data"  # nothing yet to compare with

        hr.state.edit(KIT, custom={"contractEndDate": "2099-12-31"})
        hr.state.set_job(TOM, date(2026, 2, 2), "Platform engineer", "Engineering", "Berlin", MARTA)
        hr.state.set_status(TOM, hr.state.today(), TERMINATED)
        refresh(made.pk, beat=False)
        assert failing() == {"hr.person.core_fields": {"Lea"}, "hr.person.manager": {"Kit", "Lea"}}  # Tom was theirs
        states = dict(Check.objects.filter(check_id__in=CHECKS).values_list("check_id", "state"))
        assert (states["hr.contractor.covered"], states["hr.term.recorded_timely"]) == ("pass", "pass")

        hr.state.keys[API_KEY].rights.discard("report")
        hr.state.edit(LEA, last="Winkler-Bo")
        refresh(made.pk, beat=False)
        states = dict(Check.objects.filter(check_id__in=CHECKS).values_list("check_id", "state"))
        assert set(states.values()) == {"error", "fail"} and states["hr.contractor.covered"] == "error"
        assert Problem.objects.filter(resolved_at=None).count() == 1

        hr.state.keys[API_KEY].rights.add("report")
        refresh(made.pk, beat=False)
        assert Problem.objects.filter(resolved_at=None).count() == 0
        assert Check.objects.get(check_id="hr.contractor.covered").state == "pass"


def test_marta_signs_in_at_bamboohr_and_each_new_refresh_token_is_stored(fernhill, marta, browser_of, hr: Running) -> None:
    application = hr.state.applications["app"]
    application.scopes.add("offline_access")
    application.rotates = True
    application.redirect_uri = f"{settings.CONFIGURATION.public_url.rstrip('/')}/fernhill/connections/authorized/"
    browser = browser_of(marta)
    with scope(fernhill.pk):
        made = connected(fernhill, browser, hr, client_id="app", client_secret=SECRET)
        assert "nobody signed in" in str(probe_connection(made.pk))

        away = browser.get(f"/fernhill/connections/{made.pk}/authorize/")["location"]
        assert parse_qs(urlsplit(away).query)["client_id"] == ["app"]
        parts = urlsplit(httpx.get(away, trust_env=False).headers["location"])
        returned = browser.get(f"{parts.path}?{parts.query}")
        assert (returned.status_code, returned["location"]) == (302, f"/fernhill/connections/{made.pk}/")
        assert reveal_secrets(made)["refresh_token"] == application.refresh_token
        assert probe_connection(made.pk)["state"] == "ok"

        before = application.refresh_token
        application.tokens.clear()
        assert probe_connection(made.pk)["state"] == "ok"
        assert before != application.refresh_token == reveal_secrets(made)["refresh_token"]

        application.revoked = True
        application.tokens.clear()
        refused = probe_connection(made.pk)
        assert refused["state"] != "ok" and SECRET not in str(refused)
