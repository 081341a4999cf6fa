"""Every GitHub check from the vendor's answer to its state: passing, failing, nothing there, and refused."""

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
from integrations.sandbox.github.server import Running
from integrations.sandbox.github.state import (
    AuditEvent,
    BranchProtection,
    CodeScanningAlert,
    DependabotAlert,
    DeployKey,
    PersonalAccessToken,
    SecretAlert,
    State,
)
from integrations.vendors.github.permissions import manifest_permissions
from tests.integrations.github.conftest import NOON
from tests.integrations.github.scanning import Reader, reading
from tests.integrations.github.test_connecting import PEM, PUBLIC

PASS, FAIL, ERROR, NO_DATA, NO_POPULATION = (
    CheckState.PASS,
    CheckState.FAIL,
    CheckState.ERROR,
    CheckState.NO_DATA,
    CheckState.NO_POPULATION,
)
OFF = CheckState.NOT_APPLICABLE
YESTERDAY = NOON - timedelta(hours=20)
LONG_AGO = NOON - timedelta(days=300)
Arrange = Callable[[State], object]


@dataclass(frozen=True)
class Case:
    """How a check is brought to pass and to fail, what it says where there is nothing, and how GitHub refuses its data."""

    good: Arrange
    bad: Arrange
    nothing: Arrange
    of_nothing: CheckState = NO_POPULATION
    parameters: dict[str, Any] = field(default_factory=dict)


def setting(**values: object) -> Arrange:
    def change(state: State) -> None:
        for name, value in values.items():
            setattr(state.settings, name, value)

    return change


def everybody(factor: str) -> Arrange:
    def change(state: State) -> None:
        for person in state.people.values():
            person.second_factor = factor

    return change


def branches(**fields: Any) -> Arrange:
    def change(state: State) -> None:
        for home in state.repositories.values():
            home.protections["main"] = BranchProtection(**fields)

    return change


def without_repositories(state: State) -> None:
    state.repositories.clear()


def unprotected(state: State) -> None:
    for home in state.repositories.values():
        home.protections.clear()


def enterprise(state: State) -> None:
    state.settings.plan = "enterprise"


def tied(*logins: str) -> Arrange:
    def change(state: State) -> None:
        enterprise(state)
        state.saml = {login: f"{login}@fernhill.example" for login in logins}

    return change


def seen_by(login: str) -> Arrange:
    return lambda state: state.add_outside_collaborator(login, "api")


def visible(visibility: str) -> Arrange:
    return lambda state: [setattr(home, "visibility", visibility) for home in state.repositories.values()]


def scanning(status: str) -> Arrange:
    return lambda state: [
        home.security.update(secret_scanning=status, secret_scanning_push_protection=status) for home in state.repositories.values()
    ]


def change(reviewer: str, conclusion: str = "success") -> Arrange:
    def merge(state: State) -> None:
        pull = state.open_pull("api", "tom", "Add a thing", at=YESTERDAY)
        if reviewer:
            state.review(pull, reviewer, at=YESTERDAY + timedelta(hours=1))
        state.check("api", pull.head, "ci", conclusion, at=YESTERDAY + timedelta(hours=1))
        state.merge("api", pull, "marta", at=YESTERDAY + timedelta(hours=2))

    return merge


def nothing(_state: State) -> None:
    """The state as it is."""


def appended(name: str, row: object) -> Arrange:
    return lambda state: getattr(state.repositories["api"], name).append(row)


def happened(action: str) -> Arrange:
    def change(state: State) -> None:
        enterprise(state)
        state.audit_log.append(AuditEvent(id="e1", action=action, actor="marta", at=YESTERDAY, repository="api"))

    return change


def granted(days: int | None) -> Arrange:
    expires = NOON + timedelta(days=days) if days else None
    return lambda state: state.personal_access_tokens.append(
        PersonalAccessToken(id=1, token_id=2, name="plan", owner="tom", granted_at=YESTERDAY, expires_at=expires)
    )


CASES = {
    "gh.org.2fa_required": Case(everybody("secure"), setting(two_factor_requirement_enabled=False), everybody("disabled"), FAIL),
    "gh.org.base_permission": Case(
        nothing, setting(default_repository_permission="write"), setting(default_repository_permission="none"), PASS
    ),
    "gh.org.owners": Case(
        lambda state: state.add_member("vera", role="admin"),
        nothing,
        lambda state: state.members.clear(),
        parameters={"register": ["marta", "vera"]},
    ),
    "gh.org.saml_linked": Case(tied("marta", "tom", "jonas"), tied("marta"), enterprise, FAIL),
    "gh.outside_collaborators": Case(seen_by("kit"), seen_by("ola"), nothing, parameters={"approved": ["kit until 2026-12-31"]}),
    "gh.repo.visibility": Case(visible("private"), visible("public"), without_repositories),
    "gh.repo.protected": Case(branches(), unprotected, without_repositories),
    "gh.repo.review_required": Case(branches(), branches(reviews=0), unprotected, FAIL),
    "gh.repo.no_bypass": Case(branches(), branches(enforce_admins=False), unprotected, FAIL),
    "gh.repo.no_force_push_delete": Case(branches(), branches(allow_force_pushes=True), unprotected, FAIL),
    "gh.repo.status_checks": Case(branches(contexts=["ci"]), branches(contexts=[]), unprotected, FAIL),
    "gh.pr.independent_approval": Case(change("marta"), change(""), nothing),
    "gh.pr.ci_passed": Case(change("marta"), change("marta", "failure"), nothing),
    "gh.commit.no_direct_push": Case(
        change("marta"), lambda state: state.push_directly("api", "tom", "Hotfix", at=YESTERDAY), without_repositories
    ),
    "gh.audit.policy_override": Case(
        happened("protected_branch.policy_override"), happened("repository_ruleset.update"), enterprise, parameters={}
    ),
    "gh.secret_scanning": Case(scanning("enabled"), scanning("disabled"), without_repositories),
    "gh.secret_alerts_sla": Case(
        appended("secret_alerts", SecretAlert(number=1, secret_type="key", created_at=YESTERDAY)),
        appended("secret_alerts", SecretAlert(number=1, secret_type="key", created_at=LONG_AGO)),
        nothing,
    ),
    "gh.dependabot_sla": Case(
        appended("dependabot", DependabotAlert(number=1, package="x", severity="high", created_at=YESTERDAY)),
        appended("dependabot", DependabotAlert(number=1, package="x", severity="high", created_at=LONG_AGO)),
        nothing,
    ),
    "gh.codescan_sla": Case(
        appended("code_alerts", CodeScanningAlert(number=1, rule="x", created_at=YESTERDAY)),
        appended("code_alerts", CodeScanningAlert(number=1, rule="x", created_at=LONG_AGO)),
        nothing,
    ),
    "gh.deploy_keys": Case(
        appended("deploy_keys", DeployKey(id=1, title="ci", created_at=LONG_AGO, last_used=YESTERDAY)),
        appended("deploy_keys", DeployKey(id=1, title="ci", created_at=LONG_AGO)),
        nothing,
    ),
    "gh.actions.token": Case(
        nothing, setting(default_workflow_permissions="write"), setting(enabled_repositories="none"), CheckState.NOT_APPLICABLE
    ),
    "gh.pat.expiry": Case(granted(90), granted(None), nothing),
}


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
                kind=kind,
                observed_until=NOON if whole else None,
                stale_at=None,
                completeness=run.context.completeness(kind) or declared,
                trouble=trouble.kind if trouble else "",
                trouble_detail=trouble.detail if trouble else "",
                denied=denied,
            )
        )
    blind = sight(enabled=True, missing=known.missing, needs=known.needs, completeness=known.completeness, streams=streams, at=NOON)
    merged = {**known.defaults, **parameters}
    counts = counted(judge(known.module, fact, merged, NOON, facts).outcome for fact in facts[known.kind])
    return check_state(
        blind=blind, passing=counts.passing, failing=counts.failing, not_applicable=counts.not_applicable, unknown=counts.unknown
    ).state


def as_app(twin: Running, **taken: str) -> dict:
    twin.state.install_app(PUBLIC, dict(manifest_permissions()))
    for permission in taken.values():
        del twin.state.installations[0].permissions[permission]
    return {"settings": {"app_id": "4711"}, "secrets": {"private_key": PEM}}


def test_every_check_with_logic_has_its_case() -> None:
    assert set(CASES) == {each.id for each in definitions().values() if each.vendor == "github" and each.version}


@pytest.mark.parametrize("check_id", sorted(set(CASES) - {"gh.audit.policy_override"}))
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


NEEDED = {
    "gh.org.2fa_required": "organization_administration",
    "gh.org.base_permission": "organization_administration",
    "gh.org.owners": "members",
    "gh.org.saml_linked": "organization_administration",
    "gh.outside_collaborators": "members",
    "gh.pr.independent_approval": "pull_requests",
    "gh.pr.ci_passed": "checks",
    "gh.commit.no_direct_push": "contents",
    "gh.audit.policy_override": "organization_administration",
    "gh.secret_scanning": "administration",
    "gh.secret_alerts_sla": "secret_scanning_alerts",
    "gh.dependabot_sla": "vulnerability_alerts",
    "gh.codescan_sla": "security_events",
    "gh.deploy_keys": "administration",
    "gh.actions.token": "organization_administration",
    "gh.pat.expiry": "organization_personal_access_tokens",
    "gh.repo.protected": "administration",
    "gh.repo.review_required": "administration",
    "gh.repo.no_bypass": "administration",
    "gh.repo.no_force_push_delete": "administration",
    "gh.repo.status_checks": "administration",
}


@pytest.mark.parametrize("check_id", sorted(NEEDED))
def test_what_github_refuses_is_an_error_and_never_a_pass_or_a_failure(twin: Running, check_id: str) -> None:
    case = CASES[check_id]
    case.good(twin.state)
    if check_id == "gh.org.saml_linked":
        enterprise(twin.state)
    with reading(twin, **as_app(twin, taken=NEEDED[check_id])) as run:
        assert state_of(run, check_id, case.parameters) is ERROR


@pytest.mark.parametrize(("kind", "options"), [("html", {}), ("secondary_limit", {}), ("huge", {"size": 40 * 1024 * 1024})])
def test_trouble_at_github_never_passes_or_fails_anything(twin: Running, kind: str, options: dict) -> None:
    given = as_app(twin)
    for case in CASES.values():
        case.good(twin.state)
    with reading(twin, **given) as run:
        run.connector.identify(run.context)  # the token is at hand, and the organization was seen
        twin.faults.add(kind, "/*", times=None, **options)
        for check_id, case in CASES.items():
            if definition(check_id).kind != "code_organization":
                assert state_of(run, check_id, case.parameters) not in (PASS, FAIL), check_id


def test_an_explained_event_passes(twin: Running) -> None:
    happened("protected_branch.policy_override")(twin.state)
    with reading(twin, **as_app(twin)) as run:
        assert state_of(run, "gh.audit.policy_override", {"explained": ["e1: FERN-12"]}) is PASS


def test_who_bypasses_a_ruleset_is_no_data_to_a_reader_and_not_a_pass(twin: Running) -> None:
    unprotected(twin.state)
    twin.state.add_ruleset("main", [{"type": "pull_request", "parameters": {"required_approving_review_count": 1}}], bypass_actors=[])
    with reading(twin, **as_app(twin)) as run:
        assert state_of(run, "gh.repo.no_bypass", {}) is NO_DATA
        assert state_of(run, "gh.repo.protected", {}) is PASS
