"""Members, their second factor, outsiders, and the organization's own settings, over HTTP against the twin."""

import pytest

from integrations.errors import NotLicensed, PermissionMissing
from integrations.sandbox.github.server import Running
from tests.integrations.github.scanning import reading

MEMBERS = "POST /graphql organization.membersWithRole"


def crowd(twin: Running, number: int) -> None:
    for index in range(number):
        twin.state.add_member(f"member-{index:03d}")


def test_members_come_with_role_and_second_factor(twin: Running) -> None:
    with reading(twin) as run:
        members = run.facts("account")
    assert {name: (each.mfa, each.administrator) for name, each in members.items()} == {
        "marta": (True, True),
        "tom": (False, False),
        "jonas": (True, False),
    }
    assert members["tom"].email == "tom@fernhill.example"
    assert (run.context.total("account"), run.context.completeness("account"), run.calls(MEMBERS)) == (3, "consistent_read", 1)


def test_a_second_factor_that_github_hides_is_unknown_and_not_off(twin: Running) -> None:
    with reading(twin, token="ghp_tom") as run:
        members = run.facts("account")
    assert {each.mfa for each in members.values()} == {None}
    assert members["marta"].email == ""  # the token lacks the scope, so it is not asked for


def test_a_member_who_leaves_between_two_pages_costs_nobody_elses_row(twin: Running) -> None:
    crowd(twin, 254)
    first_page = sorted(twin.state.members, key=lambda login: twin.state.people[login].id)[:100]
    leaver = next(login for login in first_page if login.startswith("member-"))
    drift = twin.faults.drift("/graphql", lambda state: state.remove_member(leaver))
    with reading(twin) as run:
        members = run.facts("account")
    assert drift.struck == 1
    assert set(members) == set(twin.state.members)
    assert len(members) == 256
    assert run.context.completeness("account") == "total"


def test_a_member_who_only_some_passes_saw_is_asked_for_singly(twin: Running) -> None:
    crowd(twin, 150)
    churn = iter(("add_member", "remove_member", "add_member", "remove_member"))

    def come_and_go(state) -> None:
        getattr(state, next(churn))("vera")

    for nth in (1, 3, 5):
        twin.faults.drift("/graphql", come_and_go, nth=nth)
    with reading(twin) as run:
        members = run.facts("account")
    assert set(members) == set(twin.state.members)
    assert run.context.completeness("account") == "double_pass"
    assert run.context.total("account") is None


def test_outside_collaborators_paged_by_number_lose_nobody_either(twin: Running) -> None:
    for index in range(130):
        twin.state.add_outside_collaborator(f"guest-{index:03d}", "api")
    first = sorted(twin.state.collaborators, key=lambda login: twin.state.people[login].id)[0]
    twin.faults.drift("/orgs/*/outside_collaborators", lambda state: state.collaborators.pop(first))
    with reading(twin) as run:
        outsiders = run.facts("outside_collaborator")
    assert set(twin.state.collaborators) <= set(outsiders)
    assert run.context.completeness("outside_collaborator") == "double_pass"


def test_the_organization_states_its_settings_and_who_lacks_a_second_factor(twin: Running) -> None:
    with reading(twin) as run:
        organization = run.facts("code_organization")["fernhill"]
    assert (organization.second_factor_required, organization.base_permission, organization.plan) == (True, "read", "team")
    assert organization.without_second_factor == ("tom",)
    assert run.context.faults("code_organization") == ()


def test_hidden_settings_are_unknown_and_the_missing_permission_is_said(twin: Running) -> None:
    with reading(twin, token="ghp_tom") as run:
        organization = run.facts("code_organization")["fernhill"]
    assert (organization.second_factor_required, organization.without_second_factor, organization.base_permission) == (None, None, None)
    faults = run.context.faults("code_organization")
    assert {(each.kind, each.operation) for each in faults} == {
        ("permission_missing", "GET /orgs/{org}"),
        ("permission_missing", "GET /orgs/{org}/members"),
    }


def test_single_sign_on_ties_members_and_names_who_is_not_tied(twin: Running) -> None:
    twin.state.settings.plan = "enterprise"
    twin.state.saml = {"marta": "marta@fernhill.example", "tom": "tom@fernhill.example"}
    with reading(twin) as run:
        identities = run.facts("federated_identity")
    assert {name: each.linked for name, each in identities.items()} == {"marta": True, "tom": True, "jonas": False}
    assert identities["marta"].external_name == "marta@fernhill.example"


def test_an_enterprise_without_single_sign_on_has_nobody_tied(twin: Running) -> None:
    twin.state.settings.plan = "enterprise"
    with reading(twin) as run:
        identities = run.facts("federated_identity")
    assert {each.linked for each in identities.values()} == {False}


def test_single_sign_on_is_not_offered_by_smaller_plans(twin: Running) -> None:
    with reading(twin) as run, pytest.raises(NotLicensed, match="plan team"):
        run.facts("federated_identity")


def test_hidden_single_sign_on_is_a_missing_permission(twin: Running) -> None:
    with reading(twin, token="ghp_tom") as run, pytest.raises(PermissionMissing) as caught:
        run.facts("federated_identity")
    assert caught.value.operation == "POST /graphql organization.samlIdentityProvider"


def test_an_event_about_one_member_reads_one_subject(twin: Running) -> None:
    tom = f"user:{twin.state.people['tom'].id}"
    with reading(twin, only={"account": frozenset({tom})}) as run:
        assert set(run.facts("account")) == {"tom"}
    assert run.context.total("account") is None
