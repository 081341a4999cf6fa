"""Checks of who may enter a GitHub organization: passing, failing, absent and hidden, fact by fact."""

from datetime import UTC, datetime

import pytest

from controls.outcomes import Outcome
from evidence.facts.access_token.v1 import AccessToken
from evidence.facts.account.v1 import Account
from evidence.facts.code_organization.v1 import CodeOrganization
from evidence.facts.deploy_key.v1 import DeployKey
from evidence.facts.federated_identity.v1 import FederatedIdentity
from evidence.facts.outside_collaborator.v1 import OutsideCollaborator
from evidence.facts.pipeline_settings.v1 import PipelineSettings
from evidence.facts.repository.v1 import Repository
from evidence.facts.rule_event.v1 import RuleEvent
from tests.controls.checks.gh_judging import NOW, judged

PASS, FAIL, NOT_APPLICABLE, NO_DATA = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.NO_DATA


@pytest.mark.parametrize(
    ("required", "lacking", "outcome"),
    [
        (True, (), PASS),
        (False, (), FAIL),
        (True, ("tom",), FAIL),
        (None, ("tom",), FAIL),
        (False, None, FAIL),
        (None, (), NO_DATA),
        (True, None, NO_DATA),
    ],
)
def test_a_second_factor_is_demanded_and_nobody_lacks_one(required: bool | None, lacking: tuple | None, outcome: Outcome) -> None:
    fact = CodeOrganization(subject="o", second_factor_required=required, without_second_factor=lacking)
    assert judged("gh.org.2fa_required", fact).outcome is outcome


@pytest.mark.parametrize(("base", "outcome"), [("none", PASS), ("read", PASS), ("write", FAIL), ("admin", FAIL), (None, NO_DATA)])
def test_everybody_may_at_most_read(base: str | None, outcome: Outcome) -> None:
    assert judged("gh.org.base_permission", CodeOrganization(subject="o", base_permission=base)).outcome is outcome


def person(name: str, owner: bool | None) -> Account:
    return Account(subject=f"user:{name}", name=name, administrator=owner)


def test_owners_are_few_more_than_one_and_in_the_register() -> None:
    team = [person("marta", True), person("jonas", True), person("tom", False)]
    register = ["Marta", "jonas"]
    assert judged("gh.org.owners", team[0], others=team, register=register).outcome is PASS
    assert judged("gh.org.owners", team[2], others=team, register=register).outcome is NOT_APPLICABLE
    assert judged("gh.org.owners", team[1], others=team, register=["marta"]).outcome is FAIL


def test_without_a_register_nobody_passes() -> None:
    team = [person("marta", True), person("jonas", True)]
    judgement = judged("gh.org.owners", team[0], others=team)
    assert (judgement.outcome, judgement.reason) == (NO_DATA, "no register of privileged access is kept yet")


@pytest.mark.parametrize(("owners", "outcome"), [(1, FAIL), (2, PASS), (5, PASS), (6, FAIL)])
def test_the_number_of_owners_is_judged_even_with_everybody_registered(owners: int, outcome: Outcome) -> None:
    team = [person(f"p{index}", True) for index in range(owners)]
    assert judged("gh.org.owners", team[0], others=team, register=[each.name for each in team]).outcome is outcome


def test_members_whose_role_is_hidden_leave_it_open() -> None:
    team = [person("marta", True), person("jonas", None)]
    assert judged("gh.org.owners", team[0], others=team, register=["marta", "jonas"]).outcome is NO_DATA
    assert judged("gh.org.owners", team[1], others=team, register=["marta", "jonas"]).outcome is NO_DATA


@pytest.mark.parametrize(("linked", "outcome"), [(True, PASS), (False, FAIL), (None, NO_DATA)])
def test_every_member_is_tied_to_the_directory(linked: bool | None, outcome: Outcome) -> None:
    fact = FederatedIdentity(subject="user:1", name="tom", linked=linked)
    assert judged("gh.org.saml_linked", fact).outcome is outcome
    assert judged("gh.org.saml_linked", fact, exempt=["TOM"]).outcome is NOT_APPLICABLE


def test_an_outside_collaborators_approval_runs_out_at_the_end_of_its_day() -> None:
    kit = OutsideCollaborator(subject="user:1", name="kit", login="kit")
    approved = ["kit until 2026-03-05"]
    end = datetime(2026, 3, 6, tzinfo=UTC)
    judgement = judged("gh.outside_collaborators", kit, approved=approved)
    assert (judgement.outcome, judgement.holds_until, judgement.reason) == (PASS, end, "is approved until 2026-03-05")
    assert judged("gh.outside_collaborators", kit, approved=approved, now=end).outcome is FAIL
    assert judged("gh.outside_collaborators", kit, approved=["KIT"]).holds_until is None
    assert judged("gh.outside_collaborators", kit, approved=["ola"]).outcome is FAIL
    assert judged("gh.outside_collaborators", kit, approved=["kit until soon"]).outcome is FAIL
    assert judged("gh.outside_collaborators", kit).outcome is NO_DATA


@pytest.mark.parametrize(
    ("visibility", "allowed", "outcome"),
    [
        ("private", [], PASS),
        ("internal", [], PASS),
        ("public", [], FAIL),
        ("public", ["docs"], PASS),
        ("public", ["fernhill/Docs"], PASS),
        ("public", ["brackwater/docs"], FAIL),
        ("sandbox_unheard_of", [], FAIL),
        (None, ["docs"], NO_DATA),
    ],
)
def test_a_repository_is_public_only_by_decision(visibility: str | None, allowed: list, outcome: Outcome) -> None:
    fact = Repository(subject="repository:1", name="fernhill/docs", visibility=visibility)
    assert judged("gh.repo.visibility", fact, public_allowed=allowed).outcome is outcome


@pytest.mark.parametrize(
    ("scanning", "protection", "outcome"),
    [(True, True, PASS), (True, False, FAIL), (False, None, FAIL), (None, True, NO_DATA), (None, None, NO_DATA)],
)
def test_secrets_are_searched_for_and_stopped(scanning: bool | None, protection: bool | None, outcome: Outcome) -> None:
    fact = Repository(subject="repository:1", secret_scanning=scanning, push_protection=protection, archived=False)
    assert judged("gh.secret_scanning", fact).outcome is outcome


def test_an_archived_repository_takes_no_push() -> None:
    assert judged("gh.secret_scanning", Repository(subject="r", archived=True, secret_scanning=False)).outcome is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("token", "steps", "pinned", "outcome"),
    [
        ("read", "selected", False, PASS),
        ("read", "local_only", None, PASS),
        ("read", "all", True, PASS),
        ("read", "all", False, FAIL),
        ("read", "all", None, FAIL),
        ("write", "selected", True, FAIL),
        ("write", None, None, FAIL),
        (None, "selected", False, NO_DATA),
        ("read", None, None, NO_DATA),
        ("read", None, True, PASS),
    ],
)
def test_workflows_read_by_default_and_run_what_was_chosen(
    token: str | None, steps: str | None, pinned: bool | None, outcome: Outcome
) -> None:
    fact = PipelineSettings(subject="o", enabled_for="all", token_permission=token, allowed_steps=steps, pinning_required=pinned)
    assert judged("gh.actions.token", fact).outcome is outcome


def test_where_no_workflow_may_run_there_is_nothing_to_judge() -> None:
    assert judged("gh.actions.token", PipelineSettings(subject="o", enabled_for="none")).outcome is NOT_APPLICABLE


def token(expires: str | None, granted: str | None = "2026-01-01T00:00:00Z") -> AccessToken:
    return AccessToken(subject="token:1", owner="tom", granted=granted, expires=expires)


def test_tokens_end_within_a_year() -> None:
    judgement = judged("gh.pat.expiry", token("2026-12-31T00:00:00Z"))
    assert (judgement.outcome, judgement.holds_until) == (PASS, datetime(2026, 12, 31, tzinfo=UTC))
    assert judged("gh.pat.expiry", token("2027-01-02T00:00:00Z")).outcome is FAIL
    assert judged("gh.pat.expiry", token("")).outcome is FAIL
    assert judged("gh.pat.expiry", token(None)).outcome is NO_DATA
    assert judged("gh.pat.expiry", token("2026-12-31T00:00:00Z", granted=None)).outcome is NO_DATA
    assert judged("gh.pat.expiry", token("2026-02-01T00:00:00Z")).outcome is NOT_APPLICABLE
    assert judged("gh.pat.expiry", token("2026-12-31T00:00:00Z"), now=datetime(2026, 12, 31, tzinfo=UTC)).outcome is NOT_APPLICABLE


def key(**fields) -> DeployKey:
    return DeployKey(subject="deploy_key:1", repository="r", repository_name="fernhill/api", **fields)


@pytest.mark.parametrize(
    ("fields", "outcome", "ends"),
    [
        (
            {"read_only": True, "created": "2025-01-01T00:00:00Z", "last_used": "2026-02-20T00:00:00Z"},
            PASS,
            datetime(2026, 5, 21, tzinfo=UTC),
        ),
        ({"read_only": True, "created": "2025-01-01T00:00:00Z", "last_used": "2025-01-20T00:00:00Z"}, FAIL, None),
        ({"read_only": True, "created": "2025-01-25T00:00:00Z", "last_used": ""}, FAIL, None),
        ({"read_only": True, "created": "2026-02-01T00:00:00Z", "last_used": ""}, PASS, datetime(2026, 5, 2, tzinfo=UTC)),
        ({"read_only": False, "created": "2026-02-01T00:00:00Z", "last_used": "2026-02-20T00:00:00Z"}, FAIL, None),
        ({"read_only": False}, FAIL, None),
        ({"read_only": True}, NO_DATA, None),
        ({"read_only": None, "last_used": "2025-01-20T00:00:00Z"}, FAIL, None),
        ({"read_only": None, "last_used": "2026-02-20T00:00:00Z"}, NO_DATA, None),
    ],
)
def test_deploy_keys_only_read_and_are_in_use(fields: dict, outcome: Outcome, ends: datetime | None) -> None:
    judgement = judged("gh.deploy_keys", key(**fields))
    assert (judgement.outcome, judgement.holds_until) == (outcome, ends)


def test_the_verdict_on_a_key_turns_at_its_instant_and_says_the_same_words_all_the_time() -> None:
    fact = key(read_only=True, last_used="2026-02-20T00:00:00Z")
    end = datetime(2026, 5, 21, tzinfo=UTC)
    assert judged("gh.deploy_keys", fact).reason == judged("gh.deploy_keys", fact, now=datetime(2026, 5, 20, tzinfo=UTC)).reason
    assert judged("gh.deploy_keys", fact, now=end).outcome is FAIL


def test_events_about_branch_rules_need_an_explanation() -> None:
    event = RuleEvent(subject="event:abc", action="protected_branch.policy_override", actor="marta", at="2026-02-20T10:00:00Z")
    assert judged("gh.audit.policy_override", event).outcome is FAIL
    assert judged("gh.audit.policy_override", event, explained=["abc: FERN-12"]).outcome is PASS
    assert judged("gh.audit.policy_override", event, explained=["event:abc"]).outcome is PASS
    assert judged("gh.audit.policy_override", event, explained=["ab: FERN-12"]).outcome is FAIL
    created = RuleEvent(subject="event:d", action="repository_ruleset.create", at="2026-02-20T10:00:00Z")
    assert judged("gh.audit.policy_override", created).outcome is NOT_APPLICABLE
    assert judged("gh.audit.policy_override", event, now=NOW).reason == judged("gh.audit.policy_override", event).reason
