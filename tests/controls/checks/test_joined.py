"""Checks over joined facts: each passes, fails, lacks data, and passes nobody while a system is not read."""

from datetime import UTC, datetime, timedelta

import pytest

from controls.outcomes import Outcome
from controls.registry import definitions
from evidence.facts.access_grant.v1 import AccessGrant, Request
from evidence.facts.account_holder.v1 import AccountHolder
from evidence.facts.fact import Fact
from evidence.facts.merge_actor.v1 import Employment, MergeActor
from evidence.facts.person_access.v1 import Absence, Holding, PersonAccess, Secret, Transfer
from evidence.facts.privilege.v1 import Privilege
from tests.controls.checks.judging import judged

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEFT = "2026-02-20T23:00:00Z"  # the end of 20 February in Berlin
ALL = ("hr", "identity", "cloud", "code", "tickets")
PASS, FAIL, NONE, APART = Outcome.PASS, Outcome.FAIL, Outcome.NO_DATA, Outcome.NOT_APPLICABLE
ABSENT = "code hosting"


def holding(category="identity", **more):
    given = {
        "account": f"{category}/ada", "system": {"identity": "okta", "cloud": "aws", "code": "github"}.get(category, "jira"),
        "category": category, "kind": "account", "login": "ada", "enabled": True, "secrets": (), "groups": (), **more,
    }  # fmt: skip
    return Holding(**given)


def somebody(*accounts, **more):
    given = {
        "employee_number": "E0001", "employment": "employee", "status": "active", "department": "Sales", "starts": "2022-01-09T23:00:00Z",
        "ends": "", "read": ALL, **more,
    }  # fmt: skip
    return PersonAccess(subject="hr/E0001", name="Ada Byron", accounts=accounts, **given)


def leaver(*accounts, **more):
    return somebody(*accounts, **{"status": "terminated", "ends": LEFT, **more})


def off(category="identity", at="2026-02-21T08:00:00Z", **more):
    return holding(category, **{"enabled": False, "disabled_at": at, "disabled_by_log": True, **more})


def account(holder="person", **more):
    given = {
        "system": "okta", "category": "identity", "source": "fernhill", "kind": "identity", "login": "ada", "enabled": True,
        "interactive": True, "holder": holder, "holder_since": "2026-02-01T00:00:00Z", "read": ALL,
        **({"person": "hr/E0001", "person_name": "Ada Byron", "rule": "work_email"} if holder == "person" else {}), **more,
    }  # fmt: skip
    return AccountHolder(subject="okta/ada", name="ada", **given)


def nobodys(holder, **more):
    return account(holder, **{"rule": "classified", "owner": "Tom Okafor", "kept_in": "vault", **more})


def privilege(**more):
    given = {
        "held": True,
        "entered": True,
        "approver": "Elena Rossi",
        "person_name": "Ada Byron",
        "register_kept": True,
        "read": ALL,
        **more,
    }
    return Privilege(subject="okta/ada", system="okta", category="identity", login="ada", **given)


def grant(*requests, **more):
    given = {
        "event": "user.account.privilege.grant", "at": "2026-02-20T12:00:00Z", "person": "hr/E0001", "right_name": "Super admin",
        "privileged": True, "by": "Jonas", "read": ALL, **more,
    }  # fmt: skip
    return AccessGrant(subject="event", requests=requests, **given)


def request(**more):
    given = {"created": "2026-02-18T12:00:00Z", "names_right": True, "approved": "2026-02-19T12:00:00Z", "approver": "5btom", **more}
    return Request(ticket="IT-7 Super admin for ada", **given)


def merge(**more):
    given = {
        "holder": "person", "login": "ada", "person_name": "Ada Byron", "read": ALL, "merged": "2026-02-20T12:00:00Z",
        "employments": (Employment(starts="2022-01-09T23:00:00Z", ends=LEFT),), **more,
    }  # fmt: skip
    return MergeActor(subject="pull", repository="api", **given)


def leave(until=""):
    return (Absence(since="2026-01-01T00:00:00Z", until=until, kind="parental"),)


GROUPS = {"groups": ["Sales = 00gsales", "Finance = 00gfinance"]}
MOVED = (Transfer(at="2026-01-10T00:00:00Z", from_department="Finance", to_department="Sales"),)
SECRET = Secret(kind="access_key", name="ada, key 1", active=True, last_used_day="2026-02-19")
CASES: list[tuple[str, Fact, dict[str, object], Outcome]] = [
    ("x.term.idp_active", leaver(off()), {}, PASS),
    ("x.term.idp_active", leaver(), {}, PASS),
    ("x.term.idp_active", leaver(holding()), {}, FAIL),
    ("x.term.idp_active", leaver(off(at="2026-02-23T12:00:00Z")), {}, FAIL),
    ("x.term.idp_active", leaver(off(at="2026-02-23T12:00:00Z")), {"late_shown_days": 2}, PASS),
    ("x.term.idp_active", leaver(holding(enabled=None)), {}, NONE),
    ("x.term.idp_active", leaver(holding(), ends=None), {}, NONE),
    ("x.term.idp_active", somebody(holding()), {}, APART),
    ("x.term.app_active", leaver(off()), {}, PASS),
    ("x.term.app_active", leaver(off(), holding("code")), {}, FAIL),
    ("x.term.app_active", leaver(holding("tickets", enabled=None)), {}, NONE),
    ("x.term.app_active", somebody(), {}, APART),
    ("x.term.tokens_revoked", leaver(holding("cloud", secrets=(SECRET,))), {}, FAIL),
    ("x.term.tokens_revoked", leaver(holding("cloud", secrets=())), {}, PASS),
    ("x.term.tokens_revoked", leaver(holding("cloud", secrets=None)), {}, NONE),
    ("x.term.activity_after", leaver(off(last_use="2026-02-20T12:00:00Z")), {}, PASS),
    ("x.term.activity_after", leaver(off(last_use="2026-02-21T12:00:00Z")), {}, FAIL),
    ("x.term.activity_after", leaver(holding("cloud", secrets=(Secret(kind="k", name="key", last_used_day="2026-02-25"),))), {}, FAIL),
    ("x.term.activity_after", leaver(holding("cloud", last_use="", secrets=(SECRET,))), {}, PASS),
    ("x.term.activity_after", leaver(holding("code", last_use=None)), {}, NONE),
    ("x.term.activity_after", leaver(off("code", at="2026-02-20T12:00:00Z", last_use=None)), {}, PASS),
    ("x.idp.not_in_hris", account(), {}, PASS),
    ("x.idp.not_in_hris", account("unknown"), {}, FAIL),
    ("x.idp.not_in_hris", account("conflict"), {}, FAIL),
    ("x.idp.not_in_hris", nobodys("service"), {}, PASS),
    ("x.idp.not_in_hris", nobodys("service", owner=""), {}, FAIL),
    ("x.idp.not_in_hris", nobodys("external", expires="2026-02-28T00:00:00Z"), {}, FAIL),
    ("x.idp.not_in_hris", account(enabled=None), {}, NONE),
    ("x.idp.not_in_hris", account("unknown", enabled=False), {}, APART),
    ("x.idp.not_in_hris", account("unknown", category="code"), {}, APART),
    ("x.hris.not_in_idp", somebody(holding()), {}, PASS),
    ("x.hris.not_in_idp", somebody(), {}, FAIL),
    ("x.hris.not_in_idp", somebody(holding(), holding(login="ada2")), {}, FAIL),
    ("x.hris.not_in_idp", somebody(holding(enabled=None)), {}, NONE),
    ("x.hris.not_in_idp", somebody(starts=None), {}, NONE),
    ("x.hris.not_in_idp", somebody(starts="2026-03-02T00:00:00Z"), {}, APART),
    ("x.hris.not_in_idp", leaver(), {}, APART),
    ("x.cloud.not_in_idp", account(category="cloud", idp_enabled=True), {}, PASS),
    ("x.cloud.not_in_idp", account(category="cloud", idp_enabled=False), {}, FAIL),
    ("x.cloud.not_in_idp", account("unknown", category="cloud"), {}, FAIL),
    ("x.cloud.not_in_idp", account(category="cloud", idp_enabled=None), {}, NONE),
    ("x.cloud.not_in_idp", account(category="code"), {}, APART),
    ("x.vcs.not_in_idp", account(category="code", idp_enabled=True), {}, PASS),
    ("x.vcs.not_in_idp", account(category="code", idp_enabled=False), {}, FAIL),
    ("x.vcs.not_in_idp", account(category="code", idp_enabled=None), {}, NONE),
    ("x.account.unlinked", account(), {}, PASS),
    ("x.account.unlinked", account("unknown"), {}, FAIL),
    ("x.account.unlinked", account("conflict", holder_since="2026-02-27T00:00:00Z"), {}, PASS),
    ("x.account.shared", account(), {}, PASS),
    ("x.account.shared", nobodys("shared"), {}, PASS),
    ("x.account.shared", nobodys("shared", kept_in=""), {}, FAIL),
    ("x.account.shared", account("conflict", candidates=("a", "b")), {}, FAIL),
    ("x.account.shared", account("unknown"), {}, NONE),
    ("x.account.shared", nobodys("service"), {}, APART),
    ("x.mfa.everywhere", account(mfa=True), {}, PASS),
    ("x.mfa.everywhere", account(mfa=False), {}, FAIL),
    ("x.mfa.everywhere", account(mfa=None), {}, NONE),
    ("x.mfa.everywhere", account(mfa=None, idp_mfa=True), {"through_provider": ["okta"]}, PASS),
    ("x.mfa.everywhere", account(mfa=None, idp_mfa=False), {"through_provider": ["okta"]}, FAIL),
    ("x.mfa.everywhere", account(mfa=False, interactive=False), {}, APART),
    ("x.priv.register", privilege(), {}, PASS),
    ("x.priv.register", privilege(entered=False), {}, FAIL),
    ("x.priv.register", privilege(held=False), {}, FAIL),
    ("x.priv.register", privilege(expires="2026-02-28T00:00:00Z"), {}, FAIL),
    ("x.priv.register", privilege(approver="Ada Byron"), {}, FAIL),
    ("x.priv.register", privilege(held=None), {}, NONE),
    ("x.priv.register", privilege(entered=False, register_kept=False), {}, NONE),
    ("x.grant.without_request", grant(request()), {}, PASS),
    ("x.grant.without_request", grant(), {}, FAIL),
    ("x.grant.without_request", grant(request(approved="2026-02-21T12:00:00Z")), {}, FAIL),
    ("x.grant.without_request", grant(request(approver_is_person=True)), {}, FAIL),
    ("x.grant.without_request", grant(request(names_right=False)), {}, FAIL),
    ("x.grant.without_request", grant(request(created="2025-12-01T00:00:00Z")), {}, FAIL),
    ("x.grant.without_request", grant(request(), at=None), {}, NONE),
    ("x.grant.without_request", grant(privileged=None), {}, NONE),
    ("x.grant.without_request", grant(privileged=None), {"privileged_groups": ["Admins"]}, APART),
    ("x.new_hire.access_before_start", somebody(holding(created="2022-01-03T00:00:00Z")), {}, PASS),
    ("x.new_hire.access_before_start", somebody(holding(created="2021-12-01T00:00:00Z")), {}, FAIL),
    ("x.new_hire.access_before_start", somebody(holding(created="2019-12-01T00:00:00Z")), {}, PASS),
    ("x.new_hire.access_before_start", somebody(holding(created="2019-12-01T00:00:00Z"), starts="2026-05-01T00:00:00Z"), {}, FAIL),
    ("x.new_hire.access_before_start", somebody(holding()), {}, NONE),
    ("x.new_hire.access_before_start", somebody(), {}, APART),
    ("x.mover.access_kept", somebody(holding(groups=("00gsales",)), transfers=MOVED), GROUPS, PASS),
    ("x.mover.access_kept", somebody(holding(groups=("00gfinance",)), transfers=MOVED), GROUPS, FAIL),
    ("x.mover.access_kept", somebody(holding(groups=None), transfers=MOVED), GROUPS, NONE),
    ("x.mover.access_kept", somebody(holding(), transfers=MOVED), {}, NONE),
    ("x.mover.access_kept", somebody(holding()), GROUPS, APART),
    ("x.leave.access", somebody(off(), absences=leave()), {}, PASS),
    ("x.leave.access", somebody(holding(), absences=leave()), {}, FAIL),
    ("x.leave.access", somebody(holding(), absences=leave()), {"exempt": ["E0001"]}, APART),
    ("x.leave.access", somebody(holding(enabled=None), absences=leave()), {}, NONE),
    ("x.leave.access", somebody(holding(), absences=leave("2026-01-20T00:00:00Z")), {}, APART),
    ("x.pr.merger_is_current", merge(), {}, PASS),
    ("x.pr.merger_is_current", merge(merged="2026-02-21T12:00:00Z"), {}, FAIL),
    ("x.pr.merger_is_current", merge(holder="unknown", employments=()), {}, FAIL),
    ("x.pr.merger_is_current", merge(login=""), {}, NONE),
    ("x.pr.merger_is_current", merge(employments=(Employment(starts=None, ends=None),)), {}, NONE),
    ("x.pr.merger_is_current", merge(holder="service"), {}, APART),
]


@pytest.mark.parametrize(("check", "fact", "parameters", "expected"), CASES)
def test_each_says_what_the_fact_shows(check, fact, parameters, expected):
    assert judged(check, fact, now=NOW, **parameters).outcome is expected


@pytest.mark.parametrize(("check", "fact", "parameters", "expected"), [each for each in CASES if each[3] is PASS])
def test_without_one_of_its_systems_a_join_passes_nobody_and_names_it(check, fact, parameters, expected):
    blind = judged(check, type(fact).load({**fact.payload(), "unread": [ABSENT]}), now=NOW, **parameters)
    assert blind.outcome is not PASS
    assert blind.outcome is FAIL or ABSENT in blind.reason


@pytest.mark.parametrize(("check", "fact", "parameters", "expected"), CASES)
@pytest.mark.parametrize("days", [-400, -60, -9, -8, 0, 1, 29, 400])
def test_what_was_said_holds_until_the_instant_that_was_announced(check, fact, parameters, expected, days):
    first = judged(check, fact, now=NOW + timedelta(days=days), **parameters)
    if first.holds_until is None:
        assert judged(check, fact, now=NOW + timedelta(days=days + 5000), **parameters) == first
        return
    assert first.holds_until > NOW + timedelta(days=days)
    assert judged(check, fact, now=first.holds_until - timedelta(seconds=1), **parameters) == first
    assert judged(check, fact, now=first.holds_until, **parameters).outcome is not first.outcome


def test_a_late_entry_in_the_personnel_system_is_told_apart():
    reason = judged("x.term.idp_active", leaver(holding(), end_entered="2026-02-22T11:00:00Z"), now=NOW).reason
    assert reason == (
        "ada (okta) enabled; employment ends 2026-02-20 23:00 UTC (entered 36 h later), access had to end by 2026-02-21 23:00 UTC"
    )


def test_checks_without_a_source_say_which_one_is_missing():
    silent = [each for each in definitions().values() if each.vendor == "people" and not each.version]
    assert len(silent) == 12
    assert all(each.missing for each in silent)
