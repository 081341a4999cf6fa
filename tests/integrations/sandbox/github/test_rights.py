"""Who may see what: owners and members, classic and fine-grained tokens, the GitHub App."""

from collections.abc import Callable

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.sandbox.github.actions import rename_repository, revoke_permission
from integrations.sandbox.github.server import Running
from integrations.sandbox.github.state import BranchProtection, PersonalAccessToken
from tests.integrations.sandbox.github.conftest import HTTP, NOON, Ask

Jwt = Callable[..., str]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def signed(key: rsa.RSAPrivateKey, twin: Running) -> Jwt:
    """Installs the app and signs JWTs for it."""
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    twin.state.install_app(public, {"members": "read", "administration": "read"})

    def sign(private: rsa.RSAPrivateKey = key, lives: int = 300, **claims: object) -> str:
        now = int(twin.clock.now().timestamp())
        return jwt.encode({"iat": now - 30, "exp": now + lives, "iss": "4711", **claims}, private, "RS256")

    return sign


def exchange(twin: Running, signed: str, **body: object) -> httpx.Response:
    number = twin.state.installations[0].id
    return HTTP.post(f"{twin.url}/app/installations/{number}/access_tokens", headers={"Authorization": f"Bearer {signed}"}, json=body)


def test_an_owner_sees_the_settings_of_the_organization(ask: Ask) -> None:
    assert ask("/orgs/fernhill").json()["two_factor_requirement_enabled"] is True


def test_a_member_does_not_even_see_the_fields(ask: Ask) -> None:
    seen = ask("/orgs/fernhill", "ghp_tom").json()

    assert "two_factor_requirement_enabled" not in seen
    assert "default_repository_permission" not in seen


@pytest.mark.parametrize(("wanted", "found"), [("2fa_disabled", ["tom"]), ("2fa_insecure", ["sam"])])
def test_an_owner_filters_by_second_factor(wanted: str, found: list[str], ask: Ask) -> None:
    assert [each["login"] for each in ask(f"/orgs/fernhill/members?filter={wanted}").json()] == found


def test_a_member_may_not_filter_by_second_factor(ask: Ask) -> None:
    assert ask("/orgs/fernhill/members?filter=2fa_disabled", "ghp_tom").status_code == 422


def test_a_private_repository_is_absent_for_a_token_without_the_scope(twin: Running, ask: Ask) -> None:
    twin.state.add_token("ghp_small", "classic", "marta", scopes={"read:org"})

    assert ask("/repos/fernhill/api", "ghp_small").status_code == 404
    assert [each["name"] for each in ask("/orgs/fernhill/repos", "ghp_small").json()] == ["docs"]


def test_branch_protection_is_hidden_from_people_who_do_not_administer(ask: Ask) -> None:
    assert ask("/repos/fernhill/api/branches/main/protection").json()["enforce_admins"]["enabled"] is True
    refused = ask("/repos/fernhill/api/branches/main/protection", "ghp_tom")
    assert (refused.status_code, refused.json()["message"]) == (404, "Not Found")


def test_no_protection_says_so(ask: Ask) -> None:
    answer = ask("/repos/fernhill/docs/branches/main/protection")

    assert (answer.status_code, answer.json()["message"]) == (404, "Branch not protected")


def test_a_fine_grained_token_without_the_permission_is_told_which_one(ask: Ask) -> None:
    answer = ask("/repos/fernhill/docs/keys", "github_pat_marta")

    assert answer.status_code == 403
    assert answer.json()["message"] == "Resource not accessible by personal access token"
    assert answer.headers["x-accepted-github-permissions"] == "administration=read"


def test_a_fine_grained_token_has_no_more_rights_than_its_owner(twin: Running, ask: Ask) -> None:
    twin.state.add_token("github_pat_tom", "fine_grained", "tom", permissions={"members": "read", "administration": "read"})

    assert ask("/repos/fernhill/api/keys", "github_pat_tom").status_code == 404


def test_a_classic_token_says_its_scopes(ask: Ask) -> None:
    assert ask("/orgs/fernhill").headers["x-oauth-scopes"] == "admin:org, repo, security_events"


def test_unknown_expired_and_revoked_tokens_are_refused(twin: Running, ask: Ask) -> None:
    assert ask("/orgs/fernhill", "ghp_nobody").status_code == 401
    twin.state.tokens["ghp_tom"].expires_at = NOON
    assert ask("/orgs/fernhill", "ghp_tom").status_code == 401
    twin.state.tokens["ghp_marta"].revoked = True
    assert ask("/orgs/fernhill").json()["message"] == "Bad credentials"


def test_without_credentials_nothing_is_told(twin: Running) -> None:
    assert HTTP.get(f"{twin.url}/orgs/fernhill").status_code == 401


def test_another_organization_does_not_exist(ask: Ask) -> None:
    assert ask("/orgs/brackwater").status_code == 404
    assert ask("/repos/brackwater/api").status_code == 404


def test_the_app_gets_a_token_of_one_hour(twin: Running, signed: Jwt, ask: Ask) -> None:
    answer = exchange(twin, signed())

    assert answer.status_code == 201
    assert answer.json()["expires_at"] == "2026-03-01T13:00:00Z"
    token = answer.json()["token"]
    assert ask("/orgs/fernhill/members", token).status_code == 200
    twin.clock.advance(minutes=59)
    assert ask("/orgs/fernhill/members", token).status_code == 200
    twin.clock.advance(minutes=1)
    assert ask("/orgs/fernhill/members", token).status_code == 401


def test_a_jwt_of_another_key_is_refused(twin: Running, signed: Jwt) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    assert exchange(twin, signed(stranger)).status_code == 401


@pytest.mark.parametrize("lives", [-1, 700])
def test_a_jwt_that_is_over_or_lives_too_long_is_refused(lives: int, twin: Running, signed: Jwt) -> None:
    assert exchange(twin, signed(lives=lives)).status_code == 401


def test_a_jwt_signed_with_a_shared_secret_is_refused(twin: Running, signed: Jwt) -> None:
    now = int(twin.clock.now().timestamp())
    forged = jwt.encode({"iat": now, "exp": now + 300, "iss": "4711"}, "a secret of sufficient length for it", "HS256")

    assert exchange(twin, forged).status_code == 401


def test_a_token_may_be_asked_for_less_but_not_for_more(twin: Running, signed: Jwt, ask: Ask) -> None:
    less = exchange(twin, signed(), permissions={"members": "read"}, repositories=["docs"])
    assert less.json()["permissions"] == {"members": "read"}
    assert ask("/repos/fernhill/api", less.json()["token"]).status_code == 404

    assert exchange(twin, signed(), permissions={"members": "write"}).status_code == 422


def test_a_permission_taken_away_counts_at_once(twin: Running, signed: Jwt, ask: Ask) -> None:
    token = exchange(twin, signed()).json()["token"]
    assert ask("/orgs/fernhill/members", token).status_code == 200

    revoke_permission(twin.state, "members")

    refused = ask("/orgs/fernhill/members", token)
    assert (refused.status_code, refused.json()["message"]) == (403, "Resource not accessible by integration")


def test_an_app_may_or_may_not_be_shown_second_factors(twin: Running, signed: Jwt, ask: Ask, graph: Ask) -> None:
    token = exchange(twin, signed()).json()["token"]
    query = '{organization(login:"fernhill"){membersWithRole(first:3){edges{hasTwoFactorEnabled}}}}'

    def factors() -> set[bool | None]:
        edges = graph(query, token).json()["data"]["organization"]["membersWithRole"]["edges"]
        return {each["hasTwoFactorEnabled"] for each in edges}

    assert factors() == {True, False}
    assert ask("/orgs/fernhill/members?filter=2fa_disabled", token).status_code == 200

    twin.state.apps_see_second_factor = False

    assert factors() == {None}
    assert ask("/orgs/fernhill/members?filter=2fa_disabled", token).status_code == 422


def test_bypass_actors_are_shown_only_to_those_who_may_change_the_ruleset(twin: Running, signed: Jwt, ask: Ask) -> None:
    actors = [{"actor_id": 1, "actor_type": "OrganizationAdmin", "bypass_mode": "always"}]
    ruleset = twin.state.add_ruleset("own", [{"type": "deletion"}], repository="api", bypass_actors=actors)
    token = exchange(twin, signed()).json()["token"]

    whole = ask(f"/repos/fernhill/api/rulesets/{ruleset.id}").json()
    assert (whole["bypass_actors"], whole["current_user_can_bypass"]) == (actors, "always")
    assert "bypass_actors" not in ask(f"/repos/fernhill/api/rulesets/{ruleset.id}", token).json()
    assert ask(f"/repos/fernhill/api/rulesets/{ruleset.id}", token).json()["rules"] == [{"type": "deletion"}]


def test_fine_grained_tokens_are_listed_to_apps_only(twin: Running, signed: Jwt, ask: Ask) -> None:
    twin.state.personal_access_tokens.append(PersonalAccessToken(id=1, token_id=2, name="sync", owner="tom", granted_at=NOON))
    twin.state.installations[0].permissions["organization_personal_access_tokens"] = "read"
    token = exchange(twin, signed()).json()["token"]

    assert [each["token_name"] for each in ask("/orgs/fernhill/personal-access-tokens", token).json()] == ["sync"]
    assert ask("/orgs/fernhill/personal-access-tokens").status_code == 403


def test_the_audit_log_needs_an_enterprise_plan(twin: Running, ask: Ask) -> None:
    assert ask("/orgs/fernhill/audit-log").status_code == 404
    twin.state.settings.plan = "enterprise"
    assert ask("/orgs/fernhill/audit-log").json() == []


def test_effective_rules_are_those_of_active_rulesets_that_reach_the_branch(twin: Running, ask: Ask) -> None:
    state = twin.state
    state.add_ruleset("everywhere", [{"type": "deletion"}])
    state.add_ruleset("trial", [{"type": "non_fast_forward"}], enforcement="evaluate")
    state.add_ruleset("elsewhere", [{"type": "required_signatures"}], repositories=["docs*"])
    state.add_ruleset("excluded", [{"type": "creation"}], repositories_excluded=["api"])
    state.add_ruleset("releases", [{"type": "update"}], repository="api", branches=["refs/heads/release/*"])

    assert [each["type"] for each in ask("/repos/fernhill/api/rules/branches/main").json()] == ["deletion"]
    assert [each["type"] for each in ask("/repos/fernhill/api/rules/branches/release/1.2").json()] == ["update"]
    assert {each["type"] for each in ask("/repos/fernhill/docs/rules/branches/main").json()} == {
        "deletion",
        "required_signatures",
        "creation",
    }


def test_rulesets_of_the_organization_are_for_those_who_may_write_them_but_are_seen_through_a_repository(
    twin: Running, signed: Jwt, ask: Ask
) -> None:
    twin.state.installations[0].permissions["organization_administration"] = "read"
    twin.state.add_ruleset("everywhere", [{"type": "deletion"}])
    token = exchange(twin, signed()).json()["token"]

    refused = ask("/orgs/fernhill/rulesets", token)
    assert (refused.status_code, refused.headers["x-accepted-github-permissions"]) == (403, "organization_administration=write")
    assert [(each["name"], each["source_type"]) for each in ask("/repos/fernhill/api/rulesets", token).json()] == [
        ("everywhere", "Organization")
    ]


def test_a_renamed_repository_leads_on_to_its_id(twin: Running, ask: Ask) -> None:
    number = twin.state.repositories["api"].id
    rename_repository(twin.state, "api", "core-api")

    moved = ask("/repos/fernhill/api")

    assert (moved.status_code, moved.headers["Location"]) == (301, f"{twin.url}/repositories/{number}")
    assert (ask(moved.headers["Location"]).json()["name"], ask("/repos/fernhill/core-api").json()["id"]) == ("core-api", number)
    keys = ask("/repos/fernhill/api/keys").headers["Location"]
    assert keys == f"{twin.url}/repositories/{number}/keys"
    assert ask(keys).json() == []
    twin.state.add_token("ghp_small", "classic", "marta", scopes={"read:org"})
    assert ask("/repos/fernhill/api", "ghp_small").status_code == 404


def test_alerts_of_a_repository_say_why_there_are_none(twin: Running, ask: Ask) -> None:
    home = twin.state.repositories["api"]
    home.security["secret_scanning"], home.vulnerability_alerts, home.code_scanning = "disabled", False, False

    answers = [ask(f"/repos/fernhill/api/{kind}/alerts") for kind in ("secret-scanning", "dependabot", "code-scanning")]
    assert [each.status_code for each in answers] == [404, 403, 403]
    assert answers[1].json()["message"] == "Dependabot alerts are disabled for this repository."


def test_security_settings_of_a_repository_are_for_administrators(ask: Ask) -> None:
    assert ask("/repos/fernhill/api").json()["security_and_analysis"]["secret_scanning"] == {"status": "enabled"}
    assert "security_and_analysis" not in ask("/repos/fernhill/api", "ghp_tom").json()


def test_writing_is_answered_like_an_unknown_address_and_noted(twin: Running) -> None:
    answer = HTTP.delete(f"{twin.url}/orgs/fernhill/members/tom", headers={"Authorization": "Bearer ghp_marta"})

    assert answer.status_code == 404
    assert "tom" in twin.state.members
    assert [each.method for each in twin.requests.writes()] == ["DELETE"]


def test_who_may_pass_reviews_by_stands_in_classic_protection(twin: Running, ask: Ask) -> None:
    twin.state.repositories["docs"].protections["main"] = BranchProtection(bypass_logins=["tom"], reviews=2)

    seen = ask("/repos/fernhill/docs/branches/main/protection").json()["required_pull_request_reviews"]
    assert [each["login"] for each in seen["bypass_pull_request_allowances"]["users"]] == ["tom"]
    assert seen["required_approving_review_count"] == 2
