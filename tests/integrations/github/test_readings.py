"""What a run hands over to evidence: whole streams count as whole, and no others."""

import pytest

from integrations.sandbox.github.server import Running
from integrations.services.leases import Progress
from integrations.transport.streams import read_streams
from integrations.vendors.github.permissions import manifest_permissions
from tests.integrations.github.scanning import ALL_KINDS, Reader, reading
from tests.integrations.github.test_connecting import PEM, PUBLIC

AS_APP = {"settings": {"app_id": "4711"}, "secrets": {"private_key": PEM}}


@pytest.fixture(autouse=True)
def _installed(twin: Running) -> None:
    twin.state.settings.plan = "enterprise"
    twin.state.saml = {"marta": "marta@fernhill.example"}
    twin.state.install_app(PUBLIC, dict(manifest_permissions()))


def handed_over(run: Reader) -> dict:
    readings, _fault = read_streams(run.connector, run.context, Progress(), 60)
    return {each.kind: each for each in readings}


def test_every_stream_of_a_quiet_organization_is_whole(twin: Running) -> None:
    with reading(twin, **AS_APP) as run:
        found = handed_over(run)
    assert set(found) == ALL_KINDS
    assert {kind for kind, each in found.items() if not each.complete} == set()
    assert {kind for kind, each in found.items() if each.faults or each.denied} == set()
    assert found["account"].expected == 3
    assert {kind for kind, each in found.items() if each.cursor} == {"change", "mainline_commit", "rule_event"}


def test_a_denied_field_keeps_the_list_whole_and_is_named(twin: Running) -> None:
    del twin.state.installations[0].permissions["administration"]
    with reading(twin, **AS_APP) as run:
        found = handed_over(run)
    assert found["repository"].complete is True
    assert found["repository"].denied == {"GET /orgs/{org}/repos security_and_analysis"}
    assert found["branch_rules"].complete is True
    assert found["branch_rules"].denied == {"GET /repos/{owner}/{repo}/branches/{branch}/protection"}
    assert found["deploy_key"].complete is False
    assert found["deploy_key"].denied == {"GET /repos/{owner}/{repo}/keys"}


def test_a_permission_revoked_in_the_middle_costs_its_streams_and_no_other(twin: Running) -> None:
    twin.faults.add("revoke_permission", "/orgs/*/members", permission="vulnerability_alerts")
    twin.faults.add("revoke_permission", "/orgs/*/repos", permission="pull_requests")
    with reading(twin, **AS_APP) as run:
        found = handed_over(run)
    assert found["repository"].complete is True
    assert all(each.complete or each.denied for each in found.values())


@pytest.mark.parametrize("kind", ["html", "deep", "duplicate_keys", "truncated", "foreign_link", "secondary_limit"])
def test_a_bad_answer_to_one_list_leaves_the_other_streams_whole(twin: Running, kind: str) -> None:
    twin.state.add_outside_collaborator("kit", "api")
    options = {"deep": {"at": "0.login"}, "duplicate_keys": {"at": "0", "key": "login"}}.get(kind, {})
    twin.faults.add(kind, "/orgs/*/outside_collaborators", times=None, **options)
    with reading(twin, **AS_APP) as run:
        found = handed_over(run)
    assert {name for name, each in found.items() if not each.complete} == {"outside_collaborator"}
    assert found["outside_collaborator"].observations == []


def test_a_credential_that_ends_in_the_middle_ends_the_run_and_marks_nothing_whole_after_it(twin: Running) -> None:
    twin.state.add_token("ghp_short", "classic", "marta", scopes={"repo", "admin:org", "security_events", "read:user"})
    twin.faults.add("revoke_token", "/orgs/*/outside_collaborators", token="ghp_short")
    with reading(twin, token="ghp_short") as run:
        found = handed_over(run)
    kinds = [stream.kind for stream in run.connector.STREAMS]
    after = kinds[kinds.index("outside_collaborator") :]
    assert {kind for kind in after if found[kind].complete} == set()
    assert {found[kind].faults[-1].kind for kind in after} == {"auth_revoked"}


def test_a_number_that_disagrees_with_githubs_own_count_is_not_whole(twin: Running) -> None:
    twin.faults.add("set", "/graphql", holding="membersWithRole", times=None, at="data.organization.membersWithRole.totalCount", value=4)
    with reading(twin, **AS_APP) as run:
        found = handed_over(run)
    assert (found["account"].complete, found["account"].expected, len(found["account"].observations)) == (False, 4, 3)
