"""A right revoked at Okta while a run reads, as the pages tell it: one problem, no false pass, and well again when it is given back."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect

from compliance.pipeline import refresh
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.services.adoption import adopt_controls, library
from integrations.models import Connection
from integrations.registry import load_connector
from integrations.sandbox.clock import Clock
from integrations.sandbox.okta import actions
from integrations.sandbox.okta.estate import second_factor
from integrations.sandbox.okta.server import Running, running
from integrations.services.connections import create_connection, start_connection
from tests.e2e.hands import PASSWORD, Mouse, signed_in
from tests.integrations.okta.conftest import as_app, small

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CHECK = "okta.policy.mfa_required"


@pytest.fixture
def okta(settings) -> Iterator[Running]:
    object.__setattr__(settings.CONFIGURATION, "outgoing_allow", ("127.0.0.1/32",))
    state = small(Clock())
    state.add_factor(state.user("tom"), "push")
    actions.set_rule(state, "Bookmarks", "Office", **second_factor())
    with running(state) as twin:
        yield twin


@pytest.fixture
def connection(fernhill, marta, okta) -> Connection:
    marta.password = make_password(PASSWORD)
    marta.save(update_fields=["password"])
    given, now = as_app(okta), datetime.now(UTC)
    codes = [code for code, control in library().items() if any(link.id.startswith("okta.") for link in control.checks)]
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=codes, now=now)
        made = create_connection(
            actor=SYSTEM, vendor="okta", name="Okta", vendor_settings=load_connector("okta").SETTINGS, external_id="", now=now,
            given={"org_url": okta.url, **given["settings"], **given["secrets"]},
        )  # fmt: skip
        start_connection(actor=SYSTEM, connection=made, now=now)
        return made


def read(fernhill, connection: Connection) -> str:
    """What a worker does; the outcome of its run."""
    with scope(fernhill.pk):
        run = refresh(connection.pk, beat=False)
        assert run is not None
        return str(run.outcome)


def says(page: Page, state: str) -> None:
    """The page of the check says that of it now."""
    page.goto(f"/fernhill/checks/{CHECK}/")
    expect(page.locator(".answer")).to_contain_text(re.compile(state, re.IGNORECASE))


def test_a_permission_revoked_in_mid_run_is_one_problem_and_no_false_pass(page, fernhill, connection, okta):
    signed_in(Mouse(page), "marta@fernhill.example")
    assert read(fernhill, connection) == "complete"
    says(page, "passing")

    okta.faults.add("revoke_scope", "/api/v1/policies", scope="okta.policies.read")
    assert read(fernhill, connection) == "partial"
    says(page, "error")
    expect(page.locator(".answer")).not_to_contain_text(re.compile("passing", re.IGNORECASE))
    page.goto(f"/fernhill/connections/{connection.pk}/")
    expect(page.get_by_text("Okta lacks permissions")).to_have_count(1)
    expect(page.get_by_text("GET /api/v1/policies").first).to_be_visible()
    page.goto("/fernhill/")
    expect(page.get_by_text("Okta lacks permissions")).to_have_count(1)

    actions.grant_scope(okta.state, "okta.policies.read")
    assert read(fernhill, connection) == "complete"
    says(page, "passing")
    page.goto(f"/fernhill/connections/{connection.pk}/")
    expect(page.get_by_text("Okta lacks permissions")).to_have_count(0)
