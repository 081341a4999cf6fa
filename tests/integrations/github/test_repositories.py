"""Repositories, effective rules of default branches, and deploy keys, over HTTP against the twin."""

from datetime import timedelta

import pytest

from integrations.errors import PermissionMissing
from integrations.sandbox.github.server import Running
from integrations.sandbox.github.state import BranchProtection, DeployKey
from tests.integrations.github.conftest import NOON
from tests.integrations.github.scanning import reading

RULES = "GET /repos/{owner}/{repo}/rules/branches/{branch}"
PROTECTION = "GET /repos/{owner}/{repo}/branches/{branch}/protection"
PULL_REQUEST = {
    "type": "pull_request",
    "parameters": {"required_approving_review_count": 2, "dismiss_stale_reviews_on_push": False, "require_last_push_approval": True},
}


def rules_of(twin: Running, name: str, **more):
    with reading(twin, **more) as run:
        return run.facts("branch_rules")[f"fernhill/{name}"]


def test_repositories_state_who_sees_them_and_what_is_switched_on(twin: Running) -> None:
    twin.state.add_repository("old", archived=True, security={"secret_scanning": "disabled", "secret_scanning_push_protection": "disabled"})
    with reading(twin) as run:
        found = run.facts("repository")
    assert {name: each.visibility for name, each in found.items()} == {
        "fernhill/api": "private",
        "fernhill/docs": "public",
        "fernhill/old": "private",
    }
    assert (found["fernhill/old"].archived, found["fernhill/old"].secret_scanning, found["fernhill/old"].push_protection) == (
        True,
        False,
        False,
    )
    assert (found["fernhill/api"].secret_scanning, found["fernhill/api"].push_protection) == (True, True)
    assert found["fernhill/api"].subject == f"repository:{twin.state.repositories['api'].id}"


def test_hidden_security_settings_are_unknown_and_said(twin: Running) -> None:
    with reading(twin, token="ghp_tom") as run:
        found = run.facts("repository")
        (fault,) = run.context.faults("repository")
    assert {each.secret_scanning for each in found.values()} == {None}
    assert (fault.kind, fault.operation) == ("permission_missing", "GET /orgs/{org}/repos security_and_analysis")


def test_a_repository_deleted_between_two_pages_costs_no_other(twin: Running) -> None:
    for index in range(150):
        twin.state.add_repository(f"service-{index:03d}")
    drift = twin.faults.drift("/orgs/*/repos", lambda state: state.repositories.pop("service-000"))
    with reading(twin) as run:
        found = run.facts("repository")
    assert drift.struck == 1
    assert {each.removeprefix("fernhill/") for each in found} == set(twin.state.repositories)


def test_classic_protection_is_read_with_who_may_bypass_it(twin: Running) -> None:
    twin.state.repositories["api"].protections["main"] = BranchProtection(
        reviews=1, contexts=["ci", "lint"], enforce_admins=False, bypass_logins=["jonas"], allow_force_pushes=True
    )
    rules = rules_of(twin, "api")
    assert (rules.pull_request_required, rules.approvals, rules.stale_approvals_dismissed) == (True, 1, True)
    assert (rules.force_push_blocked, rules.deletion_blocked, rules.required_checks) == (False, True, ("ci", "lint"))
    (source,) = rules.sources
    assert (source.name, source.bypassers) == ("classic protection", ("repository administrators", "user:jonas"))


def test_an_unprotected_branch_is_a_finding_and_not_a_fault(twin: Running) -> None:
    with reading(twin) as run:
        rules = run.facts("branch_rules")["fernhill/docs"]
        assert run.context.faults("branch_rules") == ()
    assert (rules.pull_request_required, rules.approvals, rules.force_push_blocked, rules.deletion_blocked) == (False, 0, False, False)
    assert (rules.required_checks, rules.sources, rules.sources_complete) == ((), (), True)


def test_rulesets_of_organization_and_repository_add_up_with_classic_protection(twin: Running) -> None:
    twin.state.add_ruleset("main", [PULL_REQUEST, {"type": "non_fast_forward"}], bypass_actors=[])
    twin.state.add_ruleset("own", [{"type": "deletion"}], repository="docs")
    checks = {"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "build"}]}}
    twin.state.add_ruleset(
        "tests", [checks], repository="api", bypass_actors=[{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}]
    )
    api, docs = rules_of(twin, "api"), rules_of(twin, "docs")
    assert (api.approvals, api.stale_approvals_dismissed, api.last_push_approval_required) == (2, True, True)
    assert api.required_checks == ("build", "ci")
    assert {each.name.split(" (")[0]: (each.demands_pull_request, each.bypassers) for each in api.sources} == {
        "classic protection": (True, ()),
        "ruleset main of fernhill": (True, ()),
        "ruleset tests of fernhill/api": (False, ("role:admin",)),
    }
    assert (docs.pull_request_required, docs.force_push_blocked, docs.deletion_blocked) == (True, True, True)


@pytest.mark.parametrize("enforcement", ["evaluate", "disabled"])
def test_a_ruleset_that_is_not_in_force_counts_for_nothing(twin: Running, enforcement: str) -> None:
    twin.state.add_ruleset("main", [PULL_REQUEST], enforcement=enforcement)
    assert rules_of(twin, "docs").pull_request_required is False


def test_who_may_bypass_a_ruleset_is_unknown_to_those_who_may_not_edit_it(twin: Running) -> None:
    twin.state.add_ruleset("main", [PULL_REQUEST], bypass_actors=[{"actor_id": 7, "actor_type": "Team", "bypass_mode": "always"}])
    permissions = {"administration": "read", "organization_administration": "read", "members": "read"}
    twin.state.add_token("github_pat_reader", "fine_grained", "marta", permissions=permissions)
    (source,) = rules_of(twin, "docs", token="github_pat_reader").sources
    assert source.bypassers is None
    (source,) = rules_of(twin, "docs").sources
    assert source.bypassers == ("team:7",)


def test_rules_that_may_not_be_seen_are_unknown_and_never_absent(twin: Running) -> None:
    with reading(twin, token="ghp_tom") as run:
        rules = run.facts("branch_rules")["fernhill/api"]
        faults = run.context.faults("branch_rules")
    assert (rules.pull_request_required, rules.force_push_blocked, rules.required_checks) == (None, None, None)
    assert rules.sources_complete is False
    assert {(each.kind, each.operation, each.partition) for each in faults} == {("permission_missing", PROTECTION, "")}


def test_a_repository_that_vanishes_while_rules_are_read_is_left_out(twin: Running) -> None:
    twin.faults.drift("/repos/fernhill/api/rules/branches/main", lambda state: state.repositories.pop("api"), when="before")
    with reading(twin) as run:
        assert set(run.facts("branch_rules")) == {"fernhill/docs"}
        assert run.context.faults("branch_rules") == ()


def test_trouble_with_one_repository_makes_the_stream_partial_and_the_others_go_on(twin: Running) -> None:
    twin.faults.add("html", "/repos/fernhill/docs/rules/branches/main", times=None)
    with reading(twin) as run:
        assert set(run.facts("branch_rules")) == {"fernhill/api"}
        (fault,) = run.context.faults("branch_rules")
    assert (fault.kind, fault.partition) == ("vendor_outage", "fernhill/docs")


def test_an_event_about_one_repository_asks_for_its_rules_only(twin: Running) -> None:
    subject = f"repository:{twin.state.repositories['api'].id}"
    with reading(twin, only={"branch_rules": frozenset({subject})}) as run:
        assert set(run.facts("branch_rules")) == {"fernhill/api"}
        assert run.calls(RULES) == 1


def test_deploy_keys_tell_whether_they_write_and_the_day_of_their_last_use(twin: Running) -> None:
    keys = twin.state.repositories["api"].deploy_keys
    keys.append(DeployKey(id=1, title="ci", created_at=NOON - timedelta(days=300), last_used=NOON - timedelta(hours=1)))
    keys.append(DeployKey(id=2, title="mirror", created_at=NOON - timedelta(days=300), read_only=False))
    with reading(twin) as run:
        found = run.facts("deploy_key")
    assert {name: (each.read_only, each.last_used) for name, each in found.items()} == {
        "fernhill/api: ci": (True, "2026-03-01T00:00:00Z"),
        "fernhill/api: mirror": (False, ""),
    }


def test_deploy_keys_that_may_not_be_seen_are_a_missing_permission(twin: Running) -> None:
    with reading(twin, token="ghp_tom") as run, pytest.raises(PermissionMissing) as caught:
        run.observations("deploy_key")
    assert caught.value.operation == "GET /repos/{owner}/{repo}/keys"


def test_actions_settings_are_read_whole(twin: Running) -> None:
    twin.state.settings.allowed_actions, twin.state.settings.default_workflow_permissions = "all", "write"
    with reading(twin) as run:
        settings = run.facts("pipeline_settings")["fernhill"]
    assert (settings.enabled_for, settings.allowed_steps, settings.token_permission, settings.pinning_required) == (
        "all",
        "all",
        "write",
        False,
    )
