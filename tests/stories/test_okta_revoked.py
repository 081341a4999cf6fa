"""A permission at Okta is revoked while a run reads: one problem, no false pass, and all is well again when it is given back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from compliance.pipeline import refresh
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.work.models import Problem
from controls.models import Check, ControlCheck, Health, Verdict
from controls.services.adoption import adopt_controls, library
from integrations.models import Connection
from integrations.registry import load_connector
from integrations.sandbox.clock import Clock
from integrations.sandbox.okta import actions
from integrations.sandbox.okta.estate import second_factor
from integrations.sandbox.okta.server import Running, running
from integrations.services.connections import create_connection, start_connection
from tests.integrations.okta.conftest import as_app, small

POLICIES = {"okta.policy.mfa_required", "okta.policy.session", "okta.policy.password", "okta.admin.phishing_resistant"}


@pytest.fixture
def okta() -> Iterator[Running]:
    """Everybody has a push factor, and every rule demands two."""
    state = small(Clock())
    state.add_factor(state.user("tom"), "push")
    actions.set_rule(state, "Bookmarks", "Office", **second_factor())
    with running(state) as twin:
        yield twin


@pytest.fixture
def connection(fernhill, okta: Running, settings) -> Iterator[Connection]:
    object.__setattr__(settings.CONFIGURATION, "outgoing_allow", ("127.0.0.1/32",))
    given, now = as_app(okta), datetime.now(UTC)
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=now)
        made = create_connection(
            actor=SYSTEM, vendor="okta", name="Okta", vendor_settings=load_connector("okta").SETTINGS, external_id="", now=now,
            given={"org_url": okta.url, **given["settings"], **given["secrets"]},
        )  # fmt: skip
        start_connection(actor=SYSTEM, connection=made, now=now)
        yield made


def states(*names: str) -> dict[str, str]:
    return dict(Check.objects.filter(check_id__in=names or POLICIES).values_list("check_id", "state"))


def open_problems() -> list[Problem]:
    return list(Problem.objects.filter(resolved_at=None))


def test_a_scope_revoked_in_mid_run_gives_one_problem_and_no_false_pass(connection: Connection, okta: Running) -> None:
    first = refresh(connection.pk, beat=False)
    assert first is not None and first.outcome == "complete", first.fault
    assert states() == dict.fromkeys(POLICIES, "pass")
    assert open_problems() == []
    verdicts = set(Verdict.objects.filter(check_row__check_id__in=POLICIES).values_list("pk", "outcome"))

    struck = okta.faults.add("revoke_scope", "/api/v1/policies", scope="okta.policies.read")
    second = refresh(connection.pk, beat=False)
    assert struck.struck == 1
    assert second is not None and second.outcome == "partial"
    assert states() == dict.fromkeys(POLICIES, "error")
    (problem,) = open_problems()
    assert problem.cause == f"connection:{connection.pk}:permission"
    assert "GET /api/v1/policies" in problem.detail and problem.affected == len(POLICIES)
    # what does without the scope went on, and no subject was said to be gone or to pass anew
    assert states("okta.user.mfa_enrolled", "okta.threat_block") == {"okta.user.mfa_enrolled": "pass", "okta.threat_block": "pass"}
    assert set(Verdict.objects.filter(check_row__check_id__in=POLICIES).values_list("pk", "outcome")) == verdicts
    blinded = ControlCheck.objects.filter(check_id__in=POLICIES, kind__in=("design", "operation")).values_list("control_id", flat=True)
    now_of_them = set(Health.objects.filter(control__in=list(blinded), until_at=None).values_list("state", flat=True))
    assert now_of_them and "met" not in now_of_them

    refresh(connection.pk, beat=False)
    assert len(open_problems()) == 1  # the same cause again is the same problem

    actions.grant_scope(okta.state, "okta.policies.read")
    refresh(connection.pk, beat=False)
    assert states() == dict.fromkeys(POLICIES, "pass")
    assert open_problems() == []


def test_a_right_lost_between_two_people_blinds_the_check_of_factors_once_and_passes_nobody(connection: Connection, okta: Running) -> None:
    refresh(connection.pk, beat=False)
    assert states("okta.user.mfa_enrolled") == {"okta.user.mfa_enrolled": "pass"}
    operation = "/api/v1/users/{userId}/factors"
    struck = okta.faults.add("deny", "/api/v1/users/*/factors", nth=2, operation=operation)
    run = refresh(connection.pk, beat=False)
    assert run is not None and struck.struck == 1
    (problem,) = open_problems()
    assert problem.detail.splitlines()[0] == f"GET {operation}"
    assert states("okta.user.mfa_enrolled") == {"okta.user.mfa_enrolled": "error"}
    assert states("okta.user.inactive_90") == {"okta.user.inactive_90": "pass"}
