"""Every Okta check from the vendor's answer to its state: passing, failing, nothing there, and refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from controls.check_state import StreamSeen, check_state, sight
from controls.judging import counted, judge
from controls.outcomes import CheckState
from controls.registry import definition, definitions
from integrations.errors import Fault, PermissionMissing
from integrations.sandbox.okta import actions
from integrations.sandbox.okta.estate import password, rule, second_factor, session
from integrations.sandbox.okta.server import Running
from integrations.sandbox.okta.state import State
from integrations.vendors.okta.permissions import SCOPES
from integrations.vendors.okta.readers.policies import RULES_LIMIT
from tests.integrations.okta.conftest import NOON, TOKEN, as_app
from tests.integrations.okta.scanning import Reader, reading

PASS, FAIL, ERROR, NO_DATA, NO_POPULATION = (
    CheckState.PASS, CheckState.FAIL, CheckState.ERROR, CheckState.NO_DATA, CheckState.NO_POPULATION,
)  # fmt: skip
OFF = CheckState.NOT_APPLICABLE
Arrange = Callable[[State], object]


@dataclass(frozen=True)
class Case:
    """How a check is brought to pass and to fail, what it says where there is nothing, and which scope carries it."""

    good: Arrange
    bad: Arrange
    nothing: Arrange
    of_nothing: CheckState
    scope: str
    parameters: dict[str, Any] = field(default_factory=dict)


def unchanged(_state: State) -> None:
    """The state as it is."""


def everybody(*kinds: str) -> Arrange:
    def change(state: State) -> None:
        for person in state.users.values():
            person.factors.clear()
            for kind in kinds:
                state.add_factor(person, kind)

    return change


def without_people(state: State) -> None:
    state.users.clear()
    for group in state.groups.values():
        group.members.clear()
    for app in state.apps.values():
        app.people.clear()


def sign_on(**demand: Any) -> Arrange:
    def change(state: State) -> None:
        for policy in state.policies:
            if policy.sort == "ACCESS_POLICY":
                policy.rules = [rule(f"{policy.name} only", second_factor(**demand))]

    return change


def no_policies(state: State) -> None:
    state.policies.clear()


def console(resistant: bool) -> Arrange:
    def change(state: State) -> None:
        state.policy("Okta Admin Console").rules = [rule("Administrators", second_factor(phishing_resistant=resistant))]

    return change


def passwords(**values: Any) -> Arrange:
    return lambda state: actions.set_settings(state, "Default Policy of passwords", **password(**values))


def sessions(**values: Any) -> Arrange:
    return lambda state: actions.set_rule(state, "Default Policy", "Default Rule", **session(**values))


def token(state: State) -> None:
    reader = state.add_user("reader", "Reader", roles=["READ_ONLY_ADMIN"])
    for each in state.ssws.values():
        each.user_id, each.connection = reader.id, "ZONE"


def no_tokens(state: State) -> None:
    state.ssws.clear()


def apps_only(*keys: str) -> Arrange:
    def change(state: State) -> None:
        for number in [each.id for each in state.apps.values() if each.key not in keys]:
            del state.apps[number]

    return change


def one_by_one(state: State) -> None:
    apps_only("slack")(state)
    for each in state.apps.values():
        each.people.add(state.user("tom").id)


def last_sign_in(days: int) -> Arrange:
    return lambda state: [setattr(each, "last_login", NOON - timedelta(days=days)) for each in state.users.values()]


def left(state: State) -> None:
    actions.deactivate(state, "tom", "jonas")
    state.clock.advance(minutes=1)


def left_without_a_trace(state: State) -> None:
    left(state)
    state.events[-1]["targets"] = []


CASES = {
    "okta.user.mfa_enrolled": Case(everybody("push"), everybody("sms"), without_people, NO_POPULATION, "okta.users.read"),
    "okta.policy.mfa_required": Case(sign_on(), sign_on(mode="1FA"), no_policies, NO_POPULATION, "okta.policies.read"),
    "okta.admin.phishing_resistant": Case(console(True), console(False), no_policies, NO_DATA, "okta.policies.read"),
    "okta.policy.password": Case(unchanged, passwords(length=8), no_policies, NO_POPULATION, "okta.policies.read"),
    "okta.policy.session": Case(unchanged, sessions(lifetime=0), no_policies, NO_POPULATION, "okta.policies.read"),
    "okta.admin.count": Case(
        unchanged, lambda state: state.add_user("vera", "Vera Holm", roles=["SUPER_ADMIN"]), without_people, NO_POPULATION, "okta.roles.read",
        {"register": ["marta@fernhill.example", "jonas@fernhill.example"]},
    ),
    "okta.user.inactive_90": Case(last_sign_in(3), last_sign_in(100), without_people, NO_POPULATION, "okta.users.read"),
    "okta.token.hygiene": Case(token, unchanged, no_tokens, NO_POPULATION, "okta.apiTokens.read"),
    "okta.authenticator.no_sms": Case(
        unchanged, lambda state: actions.set_authenticator(state, "phone_number", "any"), lambda state: state.authenticators.clear(), NO_POPULATION,
        "okta.authenticators.read",
    ),
    "okta.log.streamed": Case(
        unchanged, lambda state: actions.set_stream(state, "EventBridge", "INACTIVE"), lambda state: state.streams.clear(), FAIL,
        "okta.logStreams.read",
    ),
    "okta.threat_block": Case(unchanged, lambda state: actions.set_threat_action(state, "audit"), unchanged, PASS, "okta.threatInsights.read"),
    "okta.app.deprovision": Case(apps_only("slack"), unchanged, apps_only(), NO_POPULATION, "okta.apps.read"),
    "okta.app.group_assigned": Case(apps_only("slack"), one_by_one, apps_only(), NO_POPULATION, "okta.apps.read"),
    "okta.lifecycle.log_evidence": Case(left, left_without_a_trace, unchanged, NO_POPULATION, "okta.logs.read"),
}  # fmt: skip


def state_of(run: Reader, check_id: str, parameters: dict[str, Any]) -> CheckState:
    """As evaluation determines it: each stream read, each fact judged, and the state from what was seen and what was counted."""
    known = definition(check_id)
    facts: dict[str, list] = {}
    streams = []
    for kind in sorted(known.kinds):
        trouble: Fault | None = None
        facts[kind] = []
        try:
            facts[kind] = [each.fact for each in run.observations(kind)]
        except Fault as fault:
            trouble = fault
        seen = [*run.context.faults(kind), *([trouble] if trouble else [])]
        denied = frozenset(each.operation for each in seen if isinstance(each, PermissionMissing))
        whole = trouble is None and not any(each.partition for each in seen)
        declared = next(stream for stream in run.connector.STREAMS if stream.kind == kind).completeness.value
        streams.append(
            StreamSeen(
                kind=kind, observed_until=NOON if whole else None, stale_at=None, completeness=run.context.completeness(kind) or declared,
                trouble=trouble.kind if trouble else "", trouble_detail=trouble.detail if trouble else "", denied=denied,
            )
        )  # fmt: skip
    blind = sight(enabled=True, missing=known.missing, needs=known.needs, completeness=known.completeness, streams=streams, at=NOON)
    merged = {**known.defaults, **parameters}
    counts = counted(judge(known.module, fact, merged, NOON, facts).outcome for fact in facts[known.kind])
    return check_state(
        blind=blind, passing=counts.passing, failing=counts.failing, not_applicable=counts.not_applicable, unknown=counts.unknown
    ).state


def test_every_check_with_logic_has_its_case() -> None:
    assert set(CASES) == {each.id for each in definitions().values() if each.vendor == "okta" and each.version}


@pytest.mark.parametrize("check_id", sorted(CASES))
def test_a_good_organization_passes(twin: Running, check_id: str) -> None:
    case = CASES[check_id]
    case.good(twin.state)
    with reading(twin, **as_app(twin)) as run:
        assert state_of(run, check_id, case.parameters) is PASS


@pytest.mark.parametrize("check_id", sorted(CASES))
def test_a_bad_one_fails(twin: Running, check_id: str) -> None:
    case = CASES[check_id]
    case.bad(twin.state)
    with reading(twin, **as_app(twin)) as run:
        assert state_of(run, check_id, case.parameters) is FAIL


@pytest.mark.parametrize("check_id", sorted(CASES))
def test_where_there_is_nothing_nobody_passes_unseen(twin: Running, check_id: str) -> None:
    case = CASES[check_id]
    case.nothing(twin.state)
    with reading(twin, **as_app(twin)) as run:
        assert state_of(run, check_id, case.parameters) is case.of_nothing


@pytest.mark.parametrize("check_id", sorted(CASES))
def test_without_its_scope_a_good_organization_is_an_error_and_no_pass(twin: Running, check_id: str) -> None:
    case = CASES[check_id]
    assert {SCOPES[each] for each in definition(check_id).needs} >= {case.scope}
    case.good(twin.state)
    with reading(twin, **as_app(twin, case.scope)) as run:
        assert state_of(run, check_id, case.parameters) is ERROR


@pytest.mark.parametrize(("kind", "options"), [("html", {}), ("cut_json", {}), ("status", {"status": 503}), ("too_many_requests", {})])
def test_while_okta_is_out_of_order_nothing_passes_and_nothing_fails(twin: Running, kind: str, options: dict) -> None:
    twin.faults.add(kind, "/api/v1/*", times=None, **options)
    with reading(twin, secrets={"token": TOKEN}) as run:
        for check_id, case in CASES.items():
            assert state_of(run, check_id, case.parameters) not in (PASS, FAIL), check_id


def test_with_as_many_rules_as_the_limit_the_checks_of_rules_pass_nobody(twin: Running) -> None:
    rules = [rule(f"Rule {number}", second_factor(phishing_resistant=True)) for number in range(RULES_LIMIT)]
    for policy in twin.state.policies:
        if policy.sort == "ACCESS_POLICY":
            policy.rules = list(rules)
    with reading(twin) as run:
        assert state_of(run, "okta.policy.mfa_required", {}) not in (PASS, FAIL)
        assert state_of(run, "okta.admin.phishing_resistant", {}) not in (PASS, FAIL)


def test_without_the_feature_nothing_is_said_of_threats_and_streams(twin: Running) -> None:
    twin.state.features -= {"LOG_STREAMING", "THREAT_INSIGHT"}
    with reading(twin) as run:
        assert state_of(run, "okta.threat_block", {}) is NO_DATA
        assert state_of(run, "okta.log.streamed", {}) not in (PASS, FAIL)
