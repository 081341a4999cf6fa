"""Alerts, tokens of members and events about branch rules, over HTTP against the twin."""

from datetime import timedelta

import pytest

from integrations.errors import NotLicensed, PermissionMissing
from integrations.sandbox.github.server import Running
from integrations.sandbox.github.state import AuditEvent, CodeScanningAlert, DependabotAlert, PersonalAccessToken, SecretAlert
from integrations.vendors.github.permissions import manifest_permissions
from tests.integrations.github.conftest import NOON
from tests.integrations.github.scanning import reading
from tests.integrations.github.test_connecting import PEM, PUBLIC

MONTH = timedelta(days=30)


def test_dependency_alerts_are_read_open_and_dismissed_but_not_fixed(twin: Running) -> None:
    alerts = twin.state.repositories["api"].dependabot
    alerts.append(DependabotAlert(number=1, package="torch", severity="high", created_at=NOON - MONTH))
    alerts.append(DependabotAlert(number=2, package="lodash", severity="low", created_at=NOON - MONTH, state="fixed", fixed_at=NOON))
    alerts.append(
        DependabotAlert(
            number=3, package="scipy", severity="medium", created_at=NOON - MONTH, state="dismissed", dismissed_at=NOON,
            dismissed_by="tom", dismissed_reason="not_used",
        )
    )  # fmt: skip
    alerts.append(DependabotAlert(number=4, package="vite", severity="low", created_at=NOON - MONTH, state="auto_dismissed"))
    with reading(twin) as run:
        found = {each.package: each for each in run.facts("dependency_alert").values()}
    assert {name: each.state for name, each in found.items()} == {"torch": "open", "scipy": "dismissed", "vite": "auto_dismissed"}
    assert (found["scipy"].dismissed_by, found["scipy"].dismissed_reason) == ("tom", "not_used")
    assert (found["torch"].severity, found["torch"].created, found["torch"].repository_name) == (
        "high", "2026-01-30T12:00:00Z", "fernhill/api",
    )  # fmt: skip


def test_more_than_a_page_of_alerts_is_read_whole_while_new_ones_arise(twin: Running) -> None:
    home = twin.state.repositories["api"]
    for number in range(1, 251):
        home.dependabot.append(
            DependabotAlert(number=number, package="x", severity="low", created_at=NOON - MONTH + timedelta(minutes=number))
        )
    fresh = DependabotAlert(number=900, package="x", severity="low", created_at=NOON)
    twin.faults.drift("/orgs/*/dependabot/alerts", lambda _state: home.dependabot.append(fresh))
    with reading(twin) as run:
        numbers = {each.fact.subject.rpartition("/")[2] for each in run.observations("dependency_alert")}
    assert {str(number) for number in range(1, 251)} <= numbers


def test_code_alerts_tell_severity_or_that_there_is_none(twin: Running) -> None:
    alerts = twin.state.repositories["api"].code_alerts
    alerts.append(CodeScanningAlert(number=1, rule="py/sql-injection", created_at=NOON - MONTH, severity="high"))
    alerts.append(CodeScanningAlert(number=2, rule="py/unused", created_at=NOON - MONTH, severity=None))
    alerts.append(CodeScanningAlert(number=3, rule="py/xss", created_at=NOON - MONTH, state="dismissed", dismissed_at=NOON))
    with reading(twin) as run:
        found = {each.rule: each for each in run.facts("code_alert").values()}
    assert {name: (each.severity, each.state) for name, each in found.items()} == {
        "py/sql-injection": ("high", "open"),
        "py/unused": ("", "open"),
        "py/xss": ("high", "dismissed"),
    }


def test_an_unheard_of_state_is_kept_as_it_is(twin: Running) -> None:
    twin.state.repositories["api"].dependabot.append(DependabotAlert(number=1, package="x", severity="low", created_at=NOON))
    twin.faults.add("unknown_enum", "/orgs/*/dependabot/alerts", at="0.state")
    with reading(twin) as run:
        (alert,) = run.facts("dependency_alert").values()
    assert alert.state == "sandbox_unheard_of"


def test_a_found_secret_is_asked_to_be_hidden_and_never_kept(twin: Running) -> None:
    twin.state.repositories["api"].secret_alerts.append(SecretAlert(number=1, secret_type="aws_key", created_at=NOON - timedelta(hours=3)))
    with reading(twin) as run:
        (alert,) = run.facts("secret_alert").values()
        assert twin.requests.of("/orgs/{org}/secret-scanning/alerts")[0].query["hide_secret"] == "true"
    assert (alert.type, alert.state, alert.created) == ("aws_key", "open", "2026-03-01T09:00:00Z")


def test_a_secret_that_is_sent_all_the_same_is_emptied_before_it_is_kept(twin: Running) -> None:
    twin.state.repositories["api"].secret_alerts.append(SecretAlert(number=1, secret_type="aws_key", created_at=NOON))
    twin.faults.add("set", "/orgs/*/secret-scanning/alerts", at="0.secret", value="AKIAREALSECRET")
    with reading(twin) as run:
        assert len(run.observations("secret_alert")) == 1
        assert not any(b"AKIAREALSECRET" in run.spool.get(digest) for digest in run.spool.digests())
        (call,) = run.context.ledger.calls()
        assert b'"secret":"[redacted]"' in run.spool.get(call.sha256)


@pytest.mark.parametrize("kind", ["dependency_alert", "code_alert", "secret_alert"])
def test_alerts_that_may_not_be_seen_are_a_missing_permission_and_never_none(twin: Running, kind: str) -> None:
    with reading(twin, token="ghp_tom") as run, pytest.raises(PermissionMissing):
        run.observations(kind)


def test_what_is_switched_off_for_the_plan_is_not_licensed(twin: Running) -> None:
    body = {"message": "Advanced Security must be enabled for this repository to use code scanning."}
    twin.faults.add("status", "/orgs/*/code-scanning/alerts", status=403, body=body)
    with reading(twin) as run, pytest.raises(NotLicensed):
        run.observations("code_alert")


def test_tokens_of_members_are_shown_to_apps(twin: Running) -> None:
    twin.state.personal_access_tokens.append(PersonalAccessToken(id=1, token_id=2, name="plan", owner="tom", granted_at=NOON - MONTH))
    twin.state.install_app(PUBLIC, dict(manifest_permissions()))
    with reading(twin, settings={"app_id": "4711"}, secrets={"private_key": PEM}) as run:
        token = run.facts("access_token")["tom: plan"]
    assert (token.owner, token.expires, token.last_used, token.granted) == ("tom", "", "", "2026-01-30T12:00:00Z")
    with reading(twin) as run, pytest.raises(NotLicensed, match="Only GitHub Apps"):
        run.observations("access_token")


def test_events_about_rules_are_read_once_and_then_from_where_it_ended(twin: Running) -> None:
    twin.state.settings.plan = "enterprise"
    for number, (action, days) in enumerate(
        (("protected_branch.policy_override", 40), ("repository_ruleset.update", 3), ("org.add_member", 2))
    ):
        event = AuditEvent(id=f"e{number}", action=action, actor="marta", at=NOON - timedelta(days=days), repository="api")
        twin.state.audit_log.append(event)
    with reading(twin) as run:
        found = {each.fact.action: each.fact for each in run.observations("rule_event")}
        cursor = run.context.advanced("rule_event")
    assert set(found) == {"protected_branch.policy_override", "repository_ruleset.update"}
    event = found["protected_branch.policy_override"]
    assert (event.actor, event.at, event.repository_name) == ("marta", "2026-01-20T12:00:00Z", "fernhill/api")
    twin.clock.advance(hours=2)
    with reading(twin, cursors={"rule_event": cursor}) as run:
        assert run.observations("rule_event") == []


def test_the_audit_log_of_smaller_plans_is_not_licensed_and_a_hidden_one_a_missing_permission(twin: Running) -> None:
    with reading(twin) as run, pytest.raises(NotLicensed, match="plan team"):
        run.observations("rule_event")
    with reading(twin, token="ghp_tom") as run, pytest.raises(PermissionMissing):
        run.observations("rule_event")
