"""What a run reads: whom it asks about, how whole it is, how politely it asks, and that odd answers lose nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.errors import (
    HostilePayload,
    QuotaShareReached,
    RateLimited,
    Transient,
    VendorOutage,
)
from integrations.sandbox.okta import actions
from integrations.sandbox.okta.estate import rule, second_factor
from integrations.sandbox.okta.server import Running
from integrations.sandbox.okta.state import App, Device, okta_id, user_target
from integrations.transport.quota import MemoryQuota
from integrations.vendors.okta.collectors.policies.v1 import sign_on_rule
from integrations.vendors.okta.readers.policies import RULES_LIMIT
from tests.integrations.okta.conftest import NOON
from tests.integrations.okta.scanning import ALL_KINDS, reading

FACTORS = "GET /api/v1/users/{userId}/factors"


def test_users_in_every_state_are_read_with_factors_roles_and_groups(twin: Running) -> None:
    with reading(twin) as run:
        people = run.facts("identity")
        assert run.context.completeness("identity") == "double_pass"
    assert {name.partition("@")[0]: each.status for name, each in people.items()} == {
        "marta": "active", "jonas": "active", "tom": "active", "ola": "deprovisioned",
    }  # fmt: skip
    marta, jonas, tom, ola = (people[f"{name}@fernhill.example"] for name in ("marta", "jonas", "tom", "ola"))
    assert [(each.kind, each.status) for each in marta.factors] == [("push", "active"), ("webauthn", "active")]
    assert (marta.roles, jonas.roles, tom.roles, ola.roles) == (("SUPER_ADMIN",), ("SUPER_ADMIN",), (), ())
    assert jonas.groups == tuple(sorted((okta_id("00g", "platform"), okta_id("00g", "it")))) and marta.groups == ()
    assert (tom.factors, ola.factors, ola.enabled, tom.enabled) == ((), None, False, True)
    assert (jonas.employee_number, tom.user_type, tom.last_sign_in) == ("E0056", "Employee", "2026-02-26T00:00:00Z")


def test_factors_are_asked_of_those_who_can_sign_in_and_only_if_wanted(twin: Running) -> None:
    actions.suspend(twin.state, "tom")
    with reading(twin) as run:
        run.observations("identity")
        assert run.calls(FACTORS) == 2
    with reading(twin, settings={"factors": "skip"}) as run:
        assert {each.factors for each in run.facts("identity").values()} == {None}
        assert run.calls(FACTORS) == 0 and run.context.faults("identity") == ()
    marta = twin.state.user("marta").id
    with reading(twin, only={"identity": frozenset({marta})}) as run:
        assert [each.fact.subject for each in run.observations("identity")] == [marta]
        assert run.calls(FACTORS) == 1


def test_shared_calls_are_made_once_a_run(twin: Running) -> None:
    with reading(twin) as run:
        for kind in ("identity", "identity_token", "identity_group", "identity_organization", "log_stream"):
            run.observations(kind)
        assert run.calls("GET /api/v1/users") == 4  # two lists, read twice
        assert run.calls("GET /api/v1/groups/{groupId}/users") == 2
        assert run.calls("GET /api/v1/logStreams") == 1 and run.calls("GET /api/v1/iam/assignees/users") == 1


def test_administrators_on_a_second_page_are_administrators(twin: Running) -> None:
    for number in range(120):
        twin.state.add_user(f"admin-{number}", f"Admin {number}", roles=["HELP_DESK_ADMIN"], factors=())
    with reading(twin, settings={"factors": "skip"}) as run:
        people = run.facts("identity").values()
        assert run.calls("GET /api/v1/iam/assignees/users") == 2
    assert sum("HELP_DESK_ADMIN" in each.roles for each in people) == 120


def test_a_user_who_is_deprovisioned_between_the_two_lists_is_read_once(twin: Running) -> None:
    twin.faults.drift("/api/v1/users", lambda state: actions.deactivate(state, "tom"), nth=1)
    with reading(twin) as run:
        tom = [each.fact for each in run.observations("identity") if each.fact.login.startswith("tom")]
    assert [each.status for each in tom] == ["deprovisioned"]


def test_as_many_rules_as_the_limit_are_rules_nobody_counted(twin: Running) -> None:
    policy = twin.state.policy("Any two factors")
    policy.rules = [rule(f"Rule {number}", second_factor()) for number in range(RULES_LIMIT - 1)]
    with reading(twin) as run:
        run.observations("sign_on_rule")
        assert (run.context.completeness("sign_on_rule"), run.context.faults("sign_on_rule")) == ("last_page", ())
    policy.rules += [rule(f"More {number}", second_factor()) for number in range(20)]
    with reading(twin) as run:
        assert len(run.observations("sign_on_rule")) == RULES_LIMIT + 4
        (fault,) = run.context.faults("sign_on_rule")
        assert (run.context.completeness("sign_on_rule"), fault.kind, fault.partition) == ("none", "partial_result", "Any two factors")


@pytest.mark.parametrize(
    ("method", "factors", "resistant"),
    [
        ({"type": "ASSURANCE", "factorMode": "1FA", "constraints": []}, 1, False),
        ({"type": "ASSURANCE", "factorMode": "2FA", "constraints": [{"possession": {"phishingResistant": "REQUIRED"}}]}, 2, True),
        (
            {
                "type": "ASSURANCE",
                "factorMode": "2FA",
                "constraints": [{"possession": {"phishingResistant": "REQUIRED"}}, {"knowledge": {}}],
            },
            2,
            False,
        ),
        ({"type": "ASSURANCE", "factorMode": "3FA"}, None, False),
        ({"type": "OF_TOMORROW"}, None, None),
        ({}, None, None),
        (
            {
                "type": "AUTH_METHOD_CHAIN",
                "chains": [
                    {
                        "authenticationMethods": [{"key": "okta_password", "method": "password"}],
                        "next": [{"authenticationMethods": [{"key": "webauthn", "method": "webauthn", "phishingResistant": "REQUIRED"}]}],
                    }
                ],
            },
            2,
            True,
        ),
        (
            {
                "type": "AUTH_METHOD_CHAIN",
                "chains": [
                    {"authenticationMethods": [{"key": "okta_password", "method": "password"}], "next": [{"authenticationMethods": []}]},
                    {"authenticationMethods": [{"key": "okta_password", "method": "password"}]},
                ],
            },
            1,
            False,
        ),
    ],
)
def test_what_a_rule_demands_is_read_from_either_form(method: dict[str, Any], factors: int | None, resistant: bool | None) -> None:
    actions_of = {"appSignOn": {"access": "ALLOW", "verificationMethod": method}}
    fact = sign_on_rule({"id": "p", "status": "ACTIVE", "name": "Any"}, {"id": "r", "status": "ACTIVE", "name": "x", "actions": actions_of})
    assert (fact.factors, fact.phishing_resistant) == (factors, resistant)


def test_assignments_of_apps_are_counted_by_their_way(twin: Running) -> None:
    twin.state.add_app("figma", "Drawings", groups=(twin.state.groups[okta_id("00g", "platform")],), people=(twin.state.user("marta"),))
    with reading(twin) as run:
        apps = run.facts("identity_app")
    drawings = apps["Drawings"]
    assert (drawings.assigned, drawings.assigned_directly, drawings.groups) == (3, 1, (okta_id("00g", "platform"),))
    assert apps["Okta Admin Console"].access_policy == twin.state.policy("Okta Admin Console").id


def test_tokens_are_told_with_their_owners(twin: Running) -> None:
    twin.state.add_ssws(
        "00old", "Old", twin.state.user("ola"), created=NOON - timedelta(days=90), expires=NOON + timedelta(days=3), window="P30D"
    )
    with reading(twin) as run:
        tokens = run.facts("identity_token")
    old, reader = tokens["Old"], tokens["Reader"]
    assert (old.owner_status, old.owner_roles, old.last_used, old.restricted) == ("deprovisioned", (), "2026-02-02T00:00:00Z", False)
    assert (reader.owner_status, reader.owner_roles, reader.last_used) == ("active", ("SUPER_ADMIN",), "2026-03-01T00:00:00Z")


# -- the log ---------------------------------------------------------------------------------------------------------------


def happened(twin: Running, event: str, days: float) -> str:
    tom = twin.state.user("tom")
    return twin.state.log(event, twin.state.user("jonas"), user_target(tom), at=NOON - timedelta(days=days))["uuid"]


def test_the_log_goes_on_where_it_ended_with_an_hour_of_overlap(twin: Running) -> None:
    first = happened(twin, "user.lifecycle.suspend", 0.02)
    with reading(twin, since=NOON - timedelta(days=30)) as run:
        assert [each.fact.subject for each in run.observations("identity_event")] == [first]
        cursor = run.context.advanced("identity_event")
    assert cursor == {"until": "2026-03-01T12:00:00Z"}
    twin.clock.advance(hours=24)
    late = happened(twin, "user.lifecycle.unsuspend", -0.5)
    happened(twin, "user.authentication.sso", -0.5)  # no kind that is asked for
    with reading(twin, cursors={"identity_event": cursor}) as run:
        assert [each.fact.subject for each in run.observations("identity_event")] == [first, late]
        (call,) = [each for each in run.context.ledger.calls() if each.operation == "GET /api/v1/logs"]
        assert call.parameters["since"] == "2026-03-01T11:00:00Z"


def test_what_the_log_forgot_before_it_was_read_is_named_as_a_gap(twin: Running) -> None:
    with reading(twin, cursors={"identity_event": {"until": "2025-11-01T00:00:00Z"}}) as run:
        run.observations("identity_event")
        ((partition, said),) = run.context.skips("identity_event")
    assert partition == "before 2025-12-01T12:00:00Z" and "is gone" in said


def test_an_event_says_who_did_what_to_whom_and_into_what(twin: Running) -> None:
    actions.add_to_group(twin.state, "tom", "it", "jonas")
    actions.grant_role(twin.state, "tom", "HELP_DESK_ADMIN", "jonas")
    actions.deactivate(twin.state, "tom")
    twin.clock.advance(minutes=5)
    with reading(twin) as run:
        events = [each.fact for each in run.observations("identity_event")]
    told = {each.event: (each.actor_name, each.target_name, each.detail_name) for each in events}
    assert told["group.user_membership.add"] == ("jonas@fernhill.example", "tom@fernhill.example", "it")
    assert told["user.account.privilege.grant"] == ("jonas@fernhill.example", "tom@fernhill.example", "Help desk admin")
    assert told["user.lifecycle.deactivate"] == ("system@okta.com", "tom@fernhill.example", "")


def test_a_long_log_is_read_to_its_end_without_doubles(twin: Running) -> None:
    numbers = {happened(twin, "user.session.start", 1 + number / 2000) for number in range(2300)}
    with reading(twin) as run:
        seen = [each.fact.subject for each in run.observations("identity_event")]
    assert len(seen) == len(set(seen)) and set(seen) == numbers


# -- politeness ------------------------------------------------------------------------------------------------------------


class Stepping(MemoryQuota):
    """A share that is used up once, and there again at the next asking."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__()
        self.retry_at, self.refusals = retry_at, 1

    def spend(self, bucket: str, cost: int = 1) -> None:
        if bucket.endswith("/factors") and self.refusals:
            self.refusals -= 1
            raise QuotaShareReached("used up", retry_at=self.retry_at)


def test_half_of_a_bucket_is_left_to_the_people_who_sign_in(twin: Running) -> None:
    twin.state.limits["/api/v1/groups/{id}"] = 10
    for number in range(12):
        twin.state.add_group(f"group-{number}")
    with reading(twin) as run, pytest.raises(QuotaShareReached):
        run.observations("identity_group")
    assert len(twin.requests.of("/api/v1/groups/{groupId}/users")) <= 5 + 4  # four at once may be under way


def test_our_share_of_a_minute_is_waited_for_and_not_longer(twin: Running) -> None:
    with reading(twin, quota=Stepping(NOON + timedelta(seconds=40))) as run:
        assert len(run.observations("identity")) == 4
        assert sum(run.slept) == pytest.approx(41)
    with reading(twin, quota=Stepping(NOON + timedelta(minutes=10))) as run, pytest.raises(QuotaShareReached):
        run.observations("identity")


@pytest.mark.parametrize("kind", ["too_many_requests", "concurrent_limit"])
def test_oktas_own_limit_is_never_slept_out_and_says_when_to_come_back(twin: Running, kind: str) -> None:
    twin.faults.add(kind, "/api/v1/users/*/factors", nth=2, reset_in=45)
    with reading(twin) as run, pytest.raises(RateLimited) as refused:
        run.observations("identity")
    assert refused.value.retry_at == NOON + timedelta(seconds=45)
    assert run.slept == []


def test_a_passing_failure_is_tried_again_and_a_lasting_one_is_told(twin: Running) -> None:
    twin.faults.add("server_error", "/api/v1/groups", times=2)
    with reading(twin) as run:
        assert len(run.observations("identity_group")) == 3
        assert [each.status for each in run.context.ledger.calls() if each.operation == "GET /api/v1/groups"] == [502, 502, 200]
    twin.faults.add("status", "/api/v1/zones", status=503, times=None)
    with reading(twin) as run, pytest.raises(Transient):
        run.observations("network_zone")


# -- odd answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nulls", [True, False])
def test_answers_that_contradict_oktas_description_are_read_and_those_that_do_not_as_well(twin: Running, nulls: bool) -> None:
    twin.state.nulls = nulls
    twin.state.devices.append(Device(id="guo1", name="x", platform="MACOS", created=NOON, users=[twin.state.user("tom").id]))
    happened(twin, "user.lifecycle.suspend", 1)
    with reading(twin) as run:
        run.connector.identify(run.context)
        for kind in sorted(ALL_KINDS):
            assert run.observations(kind), kind
            assert run.context.faults(kind) == (), kind


@pytest.mark.parametrize(
    ("kind", "path", "at", "value"),
    [
        ("identity", "/api/v1/users", "0.status", "OF_TOMORROW"),
        ("identity_app", "/api/v1/apps", "0.signOnMode", "OF_TOMORROW"),
        ("identity_app", "/api/v1/apps", "0.features", ["OF_TOMORROW"]),
        ("authenticator", "/api/v1/authenticators", "0.key", "of_tomorrow"),
        ("identity_token", "/api/v1/api-tokens", "0.tokenWindow", "whenever"),
        ("network_zone", "/api/v1/zones", "0.type", 7),
        ("log_stream", "/api/v1/logStreams", "0.type", None),
        ("identity_group", "/api/v1/groups", "0.profile", None),
    ],
)
def test_a_value_that_nobody_knew_loses_no_row(twin: Running, kind: str, path: str, at: str, value: Any) -> None:
    with reading(twin) as run:
        before = len(run.observations(kind))
    twin.clock.advance(minutes=2)
    struck = twin.faults.add("set", path, times=None, at=at, value=value)
    with reading(twin) as run:
        assert len(run.observations(kind)) == before
        assert run.context.faults(kind) == ()
    assert struck.struck


def test_an_unknown_state_is_neither_enabled_nor_disabled_and_its_factors_are_asked(twin: Running) -> None:
    twin.faults.add("set", "/api/v1/users", times=None, query={"limit": "200"}, at="0.status", value="OF_TOMORROW")
    with reading(twin) as run:
        odd = [each.fact for each in run.observations("identity") if each.fact.status == "of_tomorrow"]
    assert odd and {each.enabled for each in odd} == {None} and all(each.factors is not None for each in odd if each.subject)


def test_a_row_without_an_id_is_told_and_the_others_are_read(twin: Running) -> None:
    twin.faults.add("missing", "/api/v1/zones", times=None, at="0.id")
    with reading(twin) as run:
        assert len(run.observations("network_zone")) == 1
        (fault,) = run.context.faults("network_zone")
    assert (fault.kind, fault.partition) == ("schema_drift", "page 1")


@pytest.mark.parametrize(
    ("fault", "options", "expected"),
    [
        ("html", {}, VendorOutage),
        ("wrong_content_type", {}, VendorOutage),
        ("cut_json", {}, HostilePayload),
        ("deep", {"at": "0.name"}, HostilePayload),
        ("duplicate_keys", {"at": "0", "key": "status"}, HostilePayload),
        ("huge", {"size": 40 * 1024 * 1024}, HostilePayload),
        ("gzip_bomb", {"size": 64 * 1024 * 1024}, HostilePayload),
        ("truncated", {}, Transient),
    ],
)
def test_an_answer_that_is_none_is_told_by_its_name(twin: Running, fault: str, options: dict, expected: type[Exception]) -> None:
    twin.faults.add(fault, "/api/v1/zones", times=None, **options)
    with reading(twin) as run, pytest.raises(expected):
        run.observations("network_zone")
    assert all(each.fault for each in run.context.ledger.calls() if each.operation == "GET /api/v1/zones")


def test_a_nul_in_a_name_is_left_out_and_told(twin: Running) -> None:
    twin.faults.add("nul", "/api/v1/zones", times=None, at="0.name")
    with reading(twin) as run:
        names = {each.fact.name for each in run.observations("network_zone")}
        assert {each.kind for each in run.context.faults("network_zone")} == {"schema_drift"}
    assert not any("\x00" in each for each in names)


def test_an_app_that_is_deleted_while_it_is_read_is_left_out(twin: Running) -> None:
    def gone(state: Any) -> None:
        app: App = next(iter(state.apps.values()))
        del state.apps[app.id]

    twin.faults.drift("/api/v1/apps", gone)
    with reading(twin) as run:
        assert len(run.observations("identity_app")) == len(twin.state.apps)
        assert run.context.faults("identity_app") == ()


def test_facts_are_the_same_an_hour_later(twin: Running) -> None:
    kinds = sorted(ALL_KINDS - {"identity_event"})
    with reading(twin) as run:
        first = {kind: [each.fact for each in run.observations(kind)] for kind in kinds}
    twin.clock.set(datetime(2026, 3, 1, 13, tzinfo=UTC))
    with reading(twin) as run:
        assert {kind: [each.fact for each in run.observations(kind)] for kind in kinds} == first
