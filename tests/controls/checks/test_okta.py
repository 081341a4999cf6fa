"""Checks of Okta: passing, failing, absent and not shown, fact by fact."""

from datetime import UTC, datetime, timedelta

import pytest

from controls.outcomes import Outcome
from evidence.facts.authenticator.v1 import Authenticator
from evidence.facts.fact import Fact
from evidence.facts.identity.v1 import Factor, Identity
from evidence.facts.identity_app.v1 import IdentityApp
from evidence.facts.identity_event.v1 import IdentityEvent
from evidence.facts.identity_organization.v1 import IdentityOrganization
from evidence.facts.identity_password_policy.v1 import IdentityPasswordPolicy
from evidence.facts.identity_token.v1 import IdentityToken
from evidence.facts.session_rule.v1 import SessionRule
from evidence.facts.sign_on_rule.v1 import SignOnRule
from evidence.facts.threat_setting.v1 import ThreatSetting
from tests.controls.checks.gh_judging import NOW, judged

PASS, FAIL, NOT_APPLICABLE, NO_DATA = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.NO_DATA


def user(**more: object) -> Identity:
    return Identity(**{"subject": "00u1", "login": "tom@fernhill.example", "status": "active", "enabled": True, **more})


def factors(*pairs: tuple[str, str]) -> tuple[Factor, ...]:
    return tuple(Factor(kind=kind, status=status) for kind, status in pairs)


@pytest.mark.parametrize(
    ("held", "outcome"),
    [
        (factors(("push", "active")), PASS),
        (factors(("sms", "active"), ("webauthn", "active")), PASS),
        (factors(("sms", "active")), FAIL),
        (factors(("email", "active"), ("call", "active"), ("question", "active")), FAIL),
        (factors(("push", "pending_activation")), FAIL),
        ((), FAIL),
        (None, NO_DATA),
    ],
)
def test_whoever_can_sign_in_has_a_strong_second_factor(held: tuple | None, outcome: Outcome) -> None:
    assert judged("okta.user.mfa_enrolled", user(factors=held)).outcome is outcome


@pytest.mark.parametrize(
    ("status", "enabled", "outcome"),
    [
        ("deprovisioned", False, NOT_APPLICABLE),
        ("suspended", False, NOT_APPLICABLE),
        ("provisioned", True, NOT_APPLICABLE),
        ("locked_out", True, FAIL),
        ("password_expired", True, FAIL),
        ("of_tomorrow", None, NO_DATA),
    ],
)
def test_a_second_factor_is_asked_of_those_who_can_sign_in(status: str, enabled: bool | None, outcome: Outcome) -> None:
    assert judged("okta.user.mfa_enrolled", user(status=status, enabled=enabled, factors=())).outcome is outcome


def test_what_counts_as_weak_is_the_organizations_choice() -> None:
    held = user(factors=factors(("push", "active")))
    assert judged("okta.user.mfa_enrolled", held, weak=["push"]).outcome is FAIL


def rule(**more: object) -> SignOnRule:
    given = {"subject": "r1", "policy": "p1", "policy_active": True, "active": True, "access": "allow", "factors": 2, "groups": ()}
    return SignOnRule(**{**given, **more})


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (rule(), PASS),
        (rule(factors=1), FAIL),
        (rule(access="deny", factors=1), PASS),
        (rule(access="deny", factors=None), PASS),
        (rule(factors=None), NO_DATA),
        (rule(access=None), NO_DATA),
        (rule(active=None), NO_DATA),
        (rule(active=False, factors=1), NOT_APPLICABLE),
        (rule(policy_active=False, factors=1), NOT_APPLICABLE),
    ],
)
def test_every_rule_in_force_demands_two_factors(fact: SignOnRule, outcome: Outcome) -> None:
    assert judged("okta.policy.mfa_required", fact).outcome is outcome


def test_a_rule_for_excluded_groups_only_is_left_out_and_one_for_further_groups_is_not() -> None:
    fact = rule(factors=1, groups=("g1", "g2"))
    assert judged("okta.policy.mfa_required", fact, excluded_groups=["g1", "g2"]).outcome is NOT_APPLICABLE
    assert judged("okta.policy.mfa_required", fact, excluded_groups=["g1"]).outcome is FAIL
    assert judged("okta.policy.mfa_required", rule(factors=1), excluded_groups=["g1"]).outcome is FAIL


CONSOLE = IdentityApp(subject="a1", key="saasure", access_policy="p1", status="active")


@pytest.mark.parametrize(
    ("rules", "outcome"),
    [
        ([rule(phishing_resistant=True)], PASS),
        ([rule(phishing_resistant=True), rule(subject="r2", access="deny", phishing_resistant=False)], PASS),
        ([rule(phishing_resistant=True), rule(subject="r2", phishing_resistant=False)], FAIL),
        ([rule(phishing_resistant=None), rule(subject="r2", phishing_resistant=False)], FAIL),
        ([rule(phishing_resistant=True), rule(subject="r2", phishing_resistant=False, active=False)], PASS),
        ([rule(phishing_resistant=True), rule(subject="r2", policy="p2", phishing_resistant=False)], PASS),
        ([rule(phishing_resistant=None)], NO_DATA),
        ([rule(policy="p2", phishing_resistant=True)], NO_DATA),
        ([], NO_DATA),
    ],
)
def test_the_console_asks_for_a_factor_that_resists_phishing(rules: list[Fact], outcome: Outcome) -> None:
    assert judged("okta.admin.phishing_resistant", CONSOLE, others=rules).outcome is outcome


def test_other_apps_are_not_the_console_and_a_console_without_a_policy_is_unknown() -> None:
    assert judged("okta.admin.phishing_resistant", IdentityApp(subject="a2", key="slack")).outcome is NOT_APPLICABLE
    assert judged("okta.admin.phishing_resistant", IdentityApp(subject="a1", key="saasure", access_policy="")).outcome is NO_DATA


def passwords(**more: object) -> IdentityPasswordPolicy:
    given = {"minimum_length": 12, "refuses_login": True, "refuses_common": True, "lockout_attempts": 10, "history": 4}
    return IdentityPasswordPolicy(**{"subject": "p", "active": True, **given, **more})


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (passwords(), PASS),
        (passwords(minimum_length=11), FAIL),
        (passwords(refuses_login=False), FAIL),
        (passwords(refuses_common=False), FAIL),
        (passwords(lockout_attempts=11), FAIL),
        (passwords(lockout_attempts=0), FAIL),
        (passwords(history=3), FAIL),
        (passwords(history=3, minimum_length=None), FAIL),
        (passwords(minimum_length=None), NO_DATA),
        (passwords(refuses_common=None), NO_DATA),
        (passwords(active=None, history=0), NO_DATA),
        (passwords(active=False, history=0), NOT_APPLICABLE),
    ],
)
def test_passwords_are_long_uncommon_and_guessing_ends(fact: IdentityPasswordPolicy, outcome: Outcome) -> None:
    assert judged("okta.policy.password", fact).outcome is outcome


def session(**more: object) -> SessionRule:
    given = {"idle_minutes": 720, "lifetime_minutes": 1440, "persistent": False, "access": "allow"}
    return SessionRule(**{"subject": "s", "active": True, "policy_active": True, **given, **more})


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (session(), PASS),
        (session(idle_minutes=721), FAIL),
        (session(idle_minutes=0), FAIL),
        (session(lifetime_minutes=1441), FAIL),
        (session(lifetime_minutes=0), FAIL),
        (session(persistent=True), FAIL),
        (session(persistent=True, idle_minutes=None), FAIL),
        (session(persistent=None), NO_DATA),
        (session(lifetime_minutes=None), NO_DATA),
        (session(active=None, persistent=True), NO_DATA),
        (session(access="deny", lifetime_minutes=0), NOT_APPLICABLE),
        (session(policy_active=False, lifetime_minutes=0), NOT_APPLICABLE),
    ],
)
def test_sessions_are_short_and_end_with_the_browser(fact: SessionRule, outcome: Outcome) -> None:
    assert judged("okta.policy.session", fact).outcome is outcome


def admin(name: str, *, roles: tuple[str, ...] | None = ("SUPER_ADMIN",), enabled: bool | None = True) -> Identity:
    return Identity(subject=name, login=f"{name}@fernhill.example", enabled=enabled, roles=roles)


REGISTER = ["Jonas@fernhill.example", "tom@fernhill.example"]


def test_super_administrators_are_few_more_than_one_and_in_the_register() -> None:
    team = [admin("jonas"), admin("tom"), admin("sam", roles=("HELP_DESK_ADMIN",)), admin("ola", enabled=False)]
    assert judged("okta.admin.count", team[0], others=team, register=REGISTER).outcome is PASS
    assert judged("okta.admin.count", team[2], others=team, register=REGISTER).outcome is NOT_APPLICABLE
    assert judged("okta.admin.count", team[3], others=team, register=REGISTER).outcome is NOT_APPLICABLE
    assert judged("okta.admin.count", team[1], others=team, register=["jonas@fernhill.example"]).outcome is FAIL


def test_one_super_administrator_or_six_fail_each_of_them() -> None:
    assert judged("okta.admin.count", admin("jonas"), others=[admin("jonas")], register=REGISTER).outcome is FAIL
    six = [admin(f"a{number}") for number in range(6)]
    assert {judged("okta.admin.count", each, others=six, register=REGISTER).outcome for each in six} == {FAIL}


def test_without_a_register_or_with_unknown_roles_nobody_passes() -> None:
    team = [admin("jonas"), admin("tom")]
    judgement = judged("okta.admin.count", team[0], others=team)
    assert (judgement.outcome, judgement.reason) == (NO_DATA, "no register of privileged access is kept yet")
    hidden = [*team, admin("sam", roles=None)]
    assert judged("okta.admin.count", team[0], others=hidden, register=REGISTER).outcome is NO_DATA
    assert judged("okta.admin.count", hidden[2], others=hidden, register=REGISTER).outcome is NO_DATA


def ago(days: int) -> str:
    return (NOW - timedelta(days=days)).strftime("%Y-%m-%dT00:00:00Z")


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (user(last_sign_in=ago(10), created=ago(400)), PASS),
        (user(last_sign_in=ago(91), created=ago(400)), FAIL),
        (user(last_sign_in="", created=ago(10)), PASS),
        (user(last_sign_in="", created=ago(400)), FAIL),
        (user(last_sign_in="", created=ago(400), activated=ago(3)), PASS),
        (user(last_sign_in=ago(200), created=ago(400), activated=ago(3)), PASS),
        (user(last_sign_in=None, created=ago(400)), NO_DATA),
        (user(last_sign_in="", created=None), NO_DATA),
        (user(last_sign_in=ago(400), enabled=None), NO_DATA),
        (user(last_sign_in=ago(400), enabled=False, status="suspended"), NOT_APPLICABLE),
    ],
)
def test_accounts_are_used_or_gone(fact: Identity, outcome: Outcome) -> None:
    assert judged("okta.user.inactive_90", fact).outcome is outcome


def test_an_unused_account_turns_at_the_instant_that_was_said_before() -> None:
    fact = user(last_sign_in="2026-02-01T00:00:00Z", created="2025-01-01T00:00:00Z")
    turns = datetime(2026, 5, 2, tzinfo=UTC)
    assert judged("okta.user.inactive_90", fact).holds_until == turns
    assert judged("okta.user.inactive_90", fact, now=turns - timedelta(seconds=1)).outcome is PASS
    assert judged("okta.user.inactive_90", fact, now=turns).outcome is FAIL


def token(**more: object) -> IdentityToken:
    given = {"owner": "00u1", "last_used": ago(1), "restricted": True, "owner_status": "active", "owner_roles": ("READ_ONLY_ADMIN",)}
    return IdentityToken(**{"subject": "t", **given, **more})


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (token(), PASS),
        (token(owner_status="deprovisioned"), FAIL),
        (token(owner_status="suspended"), FAIL),
        (token(owner_status=""), FAIL),
        (token(owner_roles=("READ_ONLY_ADMIN", "SUPER_ADMIN")), FAIL),
        (token(restricted=False), FAIL),
        (token(last_used=ago(91)), FAIL),
        (token(last_used=ago(91), owner_status=None, owner_roles=None, restricted=None), FAIL),
        (token(owner_status=None), NO_DATA),
        (token(owner_roles=None), NO_DATA),
        (token(restricted=None), NO_DATA),
        (token(last_used=None), NO_DATA),
    ],
)
def test_tokens_are_used_owned_and_limited(fact: IdentityToken, outcome: Outcome) -> None:
    assert judged("okta.token.hygiene", fact).outcome is outcome


@pytest.mark.parametrize(
    ("key", "active", "allowed", "outcome"),
    [
        ("phone_number", False, "any", PASS),
        ("phone_number", True, "recovery", PASS),
        ("phone_number", True, "none", PASS),
        ("phone_number", None, "recovery", PASS),
        ("phone_number", True, "any", FAIL),
        ("phone_number", True, "sso", FAIL),
        ("phone_number", True, "", FAIL),
        ("phone_number", True, "of_tomorrow", FAIL),
        ("phone_number", None, "any", NO_DATA),
        ("phone_number", True, None, NO_DATA),
        ("webauthn", True, "", PASS),
        ("", True, "", NO_DATA),
    ],
)
def test_the_telephone_is_no_factor(key: str, active: bool | None, allowed: str | None, outcome: Outcome) -> None:
    assert judged("okta.authenticator.no_sms", Authenticator(subject="a", key=key, active=active, allowed_for=allowed)).outcome is outcome


@pytest.mark.parametrize(("streams", "outcome"), [(("EventBridge",), PASS), ((), FAIL), (None, NO_DATA)])
def test_the_log_is_sent_to_where_it_is_kept(streams: tuple | None, outcome: Outcome) -> None:
    assert judged("okta.log.streamed", IdentityOrganization(subject="o", log_streams=streams)).outcome is outcome


@pytest.mark.parametrize(
    ("action", "outcome"), [("block", PASS), ("audit", FAIL), ("none", FAIL), ("of_tomorrow", NO_DATA), (None, NO_DATA)]
)
def test_attacking_addresses_are_blocked(action: str | None, outcome: Outcome) -> None:
    assert judged("okta.threat_block", ThreatSetting(subject="t", action=action)).outcome is outcome


def app(**more: object) -> IdentityApp:
    return IdentityApp(**{"subject": "a", "name": "Slack", "status": "active", **more})


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (app(features=("PUSH_NEW_USERS", "PUSH_USER_DEACTIVATION")), PASS),
        (app(features=("PUSH_NEW_USERS",)), FAIL),
        (app(features=("IMPORT_NEW_USERS",)), NOT_APPLICABLE),
        (app(features=()), NOT_APPLICABLE),
        (app(features=None), NO_DATA),
        (app(features=("PUSH_NEW_USERS",), status="inactive"), NOT_APPLICABLE),
        (app(features=("PUSH_NEW_USERS",), status=None), NO_DATA),
    ],
)
def test_apps_that_get_accounts_from_okta_lose_them_through_it(fact: IdentityApp, outcome: Outcome) -> None:
    assert judged("okta.app.deprovision", fact).outcome is outcome


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (app(assigned=100, assigned_directly=5), PASS),
        (app(assigned=100, assigned_directly=6), FAIL),
        (app(assigned=1, assigned_directly=1), FAIL),
        (app(assigned=0, assigned_directly=0), NOT_APPLICABLE),
        (app(assigned=None, assigned_directly=None), NO_DATA),
        (app(assigned=3, assigned_directly=3, status="inactive"), NOT_APPLICABLE),
        (app(assigned=3, assigned_directly=3, status=None), NO_DATA),
    ],
)
def test_apps_are_assigned_through_groups(fact: IdentityApp, outcome: Outcome) -> None:
    assert judged("okta.app.group_assigned", fact).outcome is outcome


def test_apps_that_are_left_out_are_not_judged() -> None:
    fact = app(features=("PUSH_NEW_USERS",), assigned=1, assigned_directly=1)
    for check in ("okta.app.deprovision", "okta.app.group_assigned"):
        assert judged(check, fact, left_out=["slack"]).outcome is NOT_APPLICABLE


def event(**more: object) -> IdentityEvent:
    given = {"event": "user.lifecycle.deactivate", "at": "2026-02-01T10:00:00Z", "outcome": "success", "actor": "00u2", "target": "00u1"}
    return IdentityEvent(**{"subject": "e", **given, **more})


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (event(), PASS),
        (event(actor=""), FAIL),
        (event(at=None), FAIL),
        (event(target=""), FAIL),
        (event(outcome="failure", actor=""), NOT_APPLICABLE),
        (event(event="user.session.start"), NOT_APPLICABLE),
        (event(event=""), NO_DATA),
    ],
)
def test_a_deactivation_is_kept_with_who_and_when(fact: IdentityEvent, outcome: Outcome) -> None:
    assert judged("okta.lifecycle.log_evidence", fact).outcome is outcome
