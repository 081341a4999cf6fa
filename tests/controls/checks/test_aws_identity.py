"""Checks of who may enter an AWS account: passing, failing, absent, and not observed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from controls.checks.aws_iam_access_analyzer_findings import v1 as access_analyzer_findings
from controls.checks.aws_iam_access_analyzer_on import v1 as access_analyzer_on
from controls.checks.aws_iam_access_key_age_90 import v1 as access_key_age_90
from controls.checks.aws_iam_access_key_unused_90 import v1 as access_key_unused_90
from controls.checks.aws_iam_admins_match_register import v1 as admins_match_register
from controls.checks.aws_iam_console_user_inactive_90 import v1 as console_user_inactive_90
from controls.checks.aws_iam_console_user_mfa import v1 as console_user_mfa
from controls.checks.aws_iam_humans_via_sso import v1 as humans_via_sso
from controls.checks.aws_iam_no_direct_user_policies import v1 as no_direct_user_policies
from controls.checks.aws_iam_no_star_star_policy import v1 as no_star_star_policy
from controls.checks.aws_iam_password_policy_length import v1 as password_policy_length
from controls.checks.aws_iam_password_policy_reuse import v1 as password_policy_reuse
from controls.checks.aws_iam_root_mfa import v1 as root_mfa
from controls.checks.aws_iam_root_no_access_keys import v1 as root_no_access_keys
from controls.checks.aws_iam_root_not_used import v1 as root_not_used
from controls.checks.aws_org_all_accounts_in_scope import v1 as all_accounts_in_scope
from controls.checks.aws_org_all_regions_scanned import v1 as all_regions_scanned
from controls.outcomes import Judgement, Outcome
from evidence.facts.access_analyzer.v1 import AccessAnalyzer
from evidence.facts.access_key.v1 import AccessKey
from evidence.facts.account.v1 import Account
from evidence.facts.account_profile.v1 import AccountProfile
from evidence.facts.cloud_account.v1 import CloudAccount
from evidence.facts.exposure_finding.v1 import ExposureFinding
from evidence.facts.password_policy.v1 import PasswordPolicy
from evidence.facts.permission_policy.v1 import PermissionPolicy
from evidence.facts.principal.v1 import Principal
from evidence.facts.region.v1 import Region
from evidence.facts.root_use.v1 import RootUse
from evidence.facts.root_user.v1 import RootUser

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ACCOUNT = "123456789012"
PASS, FAIL, NA, NO_DATA = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.NO_DATA


def judged(check: Any, fact: Any, others: dict[str, list[Any]] | None = None, at: datetime = NOW, **parameters: object) -> Judgement:
    """The check's answer with its default parameters, some of them replaced."""
    given = {**check.PARAMETERS, **parameters}
    if check.OTHERS:
        found = {kind.KIND: [] for kind in check.OTHERS} | (others or {})
        return check.judge(fact, given, at, found)
    return check.judge(fact, given, at)


def sam(**fields: Any) -> Account:
    return Account(**{"subject": f"arn:aws:iam::{ACCOUNT}:user/sam", "name": "sam", "created": "2025-01-01T00:00:00Z", **fields})


def key(**fields: Any) -> AccessKey:
    subject = f"arn:aws:iam::{ACCOUNT}:user/sam#access-key-1"
    return AccessKey(**{"subject": subject, "owner": "sam", "active": True, "rotated": "2026-05-01T00:00:00Z", "last_used": "", **fields})


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"console_access": True, "mfa": True}, PASS),
        ({"console_access": True, "mfa": False}, FAIL),
        ({"console_access": False, "mfa": False}, NA),
        ({"console_access": True, "mfa": None}, NO_DATA),
        ({"console_access": None}, NO_DATA),
    ],
)
def test_a_console_user_needs_a_second_factor(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(console_user_mfa, sam(**fields)).outcome is outcome


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"mfa": True, "password": True, "access_keys": False}, PASS),
        ({"mfa": False, "password": True, "access_keys": False}, FAIL),
        ({"mfa": False, "password": False, "access_keys": True}, FAIL),
        ({"mfa": False, "password": False, "access_keys": False}, NA),
        ({"mfa": False, "password": None, "access_keys": False}, FAIL),
        ({"mfa": None, "password": True, "access_keys": False}, NO_DATA),
    ],
)
def test_the_root_user_needs_a_second_factor_unless_it_cannot_be_entered(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(root_mfa, RootUser(subject="root", **fields)).outcome is outcome


@pytest.mark.parametrize(("keys", "outcome"), [(False, PASS), (True, FAIL), (None, NO_DATA)])
def test_the_root_user_has_no_access_keys(keys: bool | None, outcome: Outcome) -> None:
    assert judged(root_no_access_keys, RootUser(subject="root", access_keys=keys)).outcome is outcome


@pytest.mark.parametrize(
    ("sign_in", "key_use", "outcome"),
    [
        ("", "", PASS),
        ("2026-01-01T00:00:00Z", "", PASS),
        ("2026-05-31T00:00:00Z", "", FAIL),
        ("", "2026-05-31T00:00:00Z", FAIL),
        ("2026-05-31T00:00:00Z", None, FAIL),
        (None, "", NO_DATA),
        ("2026-01-01T00:00:00Z", None, NO_DATA),
    ],
)
def test_the_root_user_rests(sign_in: str | None, key_use: str | None, outcome: Outcome) -> None:
    assert judged(root_not_used, RootUse(subject="root", last_sign_in=sign_in, last_key_use=key_use)).outcome is outcome


def test_the_root_users_failure_ends_by_itself() -> None:
    use = RootUse(subject="root", last_sign_in="2026-05-01T00:00:00Z", last_key_use="")
    first = judged(root_not_used, use)
    assert first.outcome is FAIL and first.holds_until == datetime(2026, 7, 30, tzinfo=UTC)
    assert judged(root_not_used, use, at=first.holds_until).outcome is PASS


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"rotated": "2026-05-01T00:00:00Z"}, PASS),
        ({"rotated": "2026-01-01T00:00:00Z"}, FAIL),
        ({"rotated": "2026-01-01T00:00:00Z", "active": False}, NA),
        ({"rotated": None}, NO_DATA),
        ({"active": None}, NO_DATA),
    ],
)
def test_keys_are_replaced_within_90_days(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(access_key_age_90, key(**fields)).outcome is outcome


def test_a_key_turns_too_old_at_its_ninetieth_day_with_the_same_words() -> None:
    fact = key(rotated="2026-05-01T00:00:00Z")
    young = judged(access_key_age_90, fact)
    assert young.holds_until == datetime(2026, 7, 30, tzinfo=UTC)
    assert young == judged(access_key_age_90, fact, at=datetime(2026, 7, 29, 23, 59, tzinfo=UTC)), "the row does not change with the clock"
    assert judged(access_key_age_90, fact, at=young.holds_until).outcome is FAIL


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"last_used": "2026-05-20T00:00:00Z"}, PASS),
        ({"last_used": "", "rotated": "2026-05-01T00:00:00Z"}, PASS),
        ({"last_used": "", "rotated": "2025-04-27T00:00:00Z"}, FAIL),
        ({"last_used": "2026-02-01T00:00:00Z"}, FAIL),
        ({"last_used": "2026-02-01T00:00:00Z", "active": False}, NA),
        ({"last_used": None}, NO_DATA),
        ({"last_used": "", "rotated": None}, NO_DATA),
    ],
)
def test_a_key_never_used_for_400_days_is_unused(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(access_key_unused_90, key(**fields)).outcome is outcome


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"console_access": True, "last_sign_in": "2026-05-20T00:00:00Z"}, PASS),
        ({"console_access": True, "last_sign_in": "2026-02-01T00:00:00Z"}, FAIL),
        ({"console_access": True, "last_sign_in": ""}, FAIL),
        ({"console_access": True, "last_sign_in": "", "created": "2026-05-20T00:00:00Z"}, PASS),
        ({"console_access": False, "last_sign_in": ""}, NA),
        ({"console_access": True, "last_sign_in": None}, NO_DATA),
    ],
)
def test_console_users_sign_in_or_lose_the_password(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(console_user_inactive_90, sam(**fields)).outcome is outcome


def policy(**fields: Any) -> PasswordPolicy:
    return PasswordPolicy(subject=f"arn:aws:iam::{ACCOUNT}:account-password-policy", **fields)


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (password_policy_length, {"minimum_length": 14}, {"minimum_length": 13}),
        (password_policy_reuse, {"reuse_prevented": 24}, {"reuse_prevented": 0}),
    ],
)
def test_the_password_policy_is_strict_where_it_binds_somebody(check: Any, good: dict[str, int], bad: dict[str, int]) -> None:
    people = {"account": [sam(console_access=True)]}
    assert judged(check, policy(configured=True, **good), people).outcome is PASS
    assert judged(check, policy(configured=True, **bad), people).outcome is FAIL
    assert judged(check, policy(configured=False), people).outcome is FAIL
    assert judged(check, policy(configured=True), people).outcome is NO_DATA
    assert judged(check, policy(), people).outcome is NO_DATA
    assert judged(check, policy(configured=False), {"account": [sam(console_access=False)]}).outcome is NA
    rival = Account(subject="arn:aws:iam::210987654321:user/x", console_access=True)
    assert judged(check, policy(configured=False), {"account": [rival]}).outcome is NA, "users of another account are not bound by it"
    assert judged(check, policy(configured=True, **bad), {"account": [sam(console_access=None)]}).outcome is FAIL


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (document(Effect="Allow", Action="*", Resource="*"), FAIL),
        (document(Effect="Allow", Action=["s3:Get*", "*"], Resource=["*"]), FAIL),
        (document(Effect="Allow", Action="*:*", Resource="*"), FAIL),
        (document(effect="Allow", action="*", resource="*"), FAIL),
        (document(Effect="Allow", Action="*", Resource="*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}), FAIL),
        (document(Effect="Allow", NotAction="s3:DeleteBucket", Resource="*"), FAIL),
        (document(Effect="Allow", NotAction=["iam:*", "organizations:*"], Resource="*"), PASS),
        (document(Effect="Allow", Action="s3:*", Resource="*"), PASS),
        (document(Effect="Allow", Action="*", Resource="arn:aws:s3:::ledger/*"), PASS),
        (document(Effect="Deny", Action="*", Resource="*"), PASS),
        ("no policy", NO_DATA),
        (None, NO_DATA),
    ],
)
def test_a_policy_that_allows_everything_fails(text: str | None, outcome: Outcome) -> None:
    assert judged(no_star_star_policy, PermissionPolicy(subject="p", form="managed", attached=True, document=text)).outcome is outcome


def test_a_policy_that_nobody_has_is_not_judged() -> None:
    unused = PermissionPolicy(subject="p", form="managed", attached=False, document=document(Effect="Allow", Action="*", Resource="*"))
    assert judged(no_star_star_policy, unused).outcome is NA


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"attached_policies": (), "inline_policies": ()}, PASS),
        ({"attached_policies": ("arn:aws:iam::aws:policy/ReadOnlyAccess",), "inline_policies": ()}, FAIL),
        ({"attached_policies": (), "inline_policies": ("mine",)}, FAIL),
        ({"attached_policies": (), "inline_policies": None}, NO_DATA),
        ({"form": "role", "attached_policies": ("x",), "inline_policies": ()}, NA),
    ],
)
def test_users_hold_no_policy_directly(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(no_direct_user_policies, Principal(**{"subject": "u", "form": "user", **fields})).outcome is outcome


def test_administrators_are_compared_with_the_register() -> None:
    marta = Principal(subject="arn:aws:iam::123456789012:user/marta", name="marta", form="user", administers_through=("group owners",))
    vera = Principal(subject="arn:aws:iam::123456789012:user/vera", name="vera", form="user", administers_through=())
    unread = Principal(subject="x", name="x", form="workforce_user", administers_through=None)
    assert judged(admins_match_register, marta).outcome is NO_DATA, "without a register nobody passes"
    assert judged(admins_match_register, marta).reason == "no register of privileged access is kept yet"
    assert judged(admins_match_register, marta, register=["marta"]).outcome is PASS
    assert judged(admins_match_register, marta, register=[marta.subject]).outcome is PASS
    assert judged(admins_match_register, marta, register=["tom"]).outcome is FAIL
    assert judged(admins_match_register, vera, register=["tom"]).outcome is NA
    assert judged(admins_match_register, unread, register=["tom"]).outcome is NO_DATA


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [({"active": ("a",)}, PASS), ({"active": ()}, FAIL), ({"active": (), "other": ("a CREATING",)}, FAIL), ({"active": None}, NO_DATA)],
)
def test_each_region_has_an_active_analyzer(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(access_analyzer_on, AccessAnalyzer(subject="r", **fields)).outcome is outcome


@pytest.mark.parametrize(("found", "outcome"), [("2026-05-20T00:00:00Z", PASS), ("2026-04-01T00:00:00Z", FAIL), (None, NO_DATA)])
def test_findings_of_access_from_outside_are_dealt_with_in_30_days(found: str | None, outcome: Outcome) -> None:
    assert judged(access_analyzer_findings, ExposureFinding(subject="f", resource="bucket", found=found)).outcome is outcome


def test_people_come_through_single_sign_on() -> None:
    assert judged(humans_via_sso, sam(console_access=False)).outcome is PASS
    assert judged(humans_via_sso, sam(console_access=True)).outcome is FAIL
    assert judged(humans_via_sso, sam(console_access=True), break_glass=["sam"]).outcome is NA
    assert judged(humans_via_sso, sam(console_access=None)).outcome is NO_DATA


def test_every_account_of_the_organization_is_read_or_left_out() -> None:
    ledger = CloudAccount(subject="a", number="210987654321", status="ACTIVE")
    assert judged(all_accounts_in_scope, ledger).outcome is FAIL
    read = AccountProfile(subject="p", number="210987654321")
    assert judged(all_accounts_in_scope, ledger, {"account_profile": [read]}).outcome is PASS
    assert judged(all_accounts_in_scope, ledger, excluded=["210987654321"]).outcome is NA
    assert judged(all_accounts_in_scope, CloudAccount(subject="b", number="1", status="SUSPENDED")).outcome is NA
    assert judged(all_accounts_in_scope, CloudAccount(subject="c", number=ACCOUNT, status="ACTIVE", own=True)).outcome is PASS


@pytest.mark.parametrize(
    ("enabled", "read", "outcome"), [(True, True, PASS), (True, False, FAIL), (False, False, NA), (None, None, NO_DATA)]
)
def test_every_enabled_region_is_read(enabled: bool | None, read: bool | None, outcome: Outcome) -> None:
    assert judged(all_regions_scanned, Region(subject="r", enabled=enabled, read=read)).outcome is outcome
