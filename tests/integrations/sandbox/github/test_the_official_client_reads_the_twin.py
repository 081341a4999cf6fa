"""PyGithub, unmodified, against the twin: what the vendor's ecosystem accepts is close enough to the vendor."""

from collections.abc import Callable

import github
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.sandbox.github.server import Running

Client = Callable[..., github.Github]


@pytest.fixture
def client(twin: Running) -> Client:
    def make(token: str = "ghp_marta", **options: object) -> github.Github:
        options.setdefault("retry", None)
        return github.Github(auth=github.Auth.Token(token), base_url=twin.url, seconds_between_requests=None, **options)

    return make


def test_it_reads_the_organization_and_all_pages_of_members(client: Client, twin: Running) -> None:
    for number in range(70):
        twin.state.add_member(f"member-{number}")

    organization = client(per_page=25).get_organization("fernhill")

    assert organization.two_factor_requirement_enabled is True
    assert len({each.login for each in organization.get_members()}) == 73
    assert [each.query.get("page") for each in twin.requests.of("/orgs/{org}/members")] == [None, "2", "3"]
    assert [each.login for each in organization.get_members(filter_="2fa_disabled")] == ["tom"]


def test_it_reads_repositories_protection_changes_and_reviews(client: Client, twin: Running) -> None:
    pull = twin.state.open_pull("api", "tom", "Add a thing", commits=2)
    twin.state.review(pull, "marta")
    twin.state.check("api", pull.head)
    twin.state.merge("api", pull, "marta")

    home = client().get_organization("fernhill").get_repo("api")
    change = home.get_pull(pull.number)

    assert home.get_branch("main").get_protection().required_status_checks.contexts == ["ci"]
    assert (change.merged, change.merged_by.login, change.merge_commit_sha) == (True, "marta", pull.merge_sha)
    assert [(each.user.login, each.state) for each in change.get_reviews()] == [("marta", "APPROVED")]
    assert change.get_commits().totalCount == 2
    assert [each.conclusion for each in home.get_commit(pull.head).get_check_runs()] == ["success"]
    assert [each.number for each in home.get_commit(pull.merge_sha).get_pulls()] == [pull.number]
    assert [each.number for each in client().search_issues("org:fernhill is:merged")] == [pull.number]


def test_it_is_told_304_for_what_has_not_changed(client: Client, twin: Running) -> None:
    organization = client().get_organization("fernhill")

    assert organization.update() is False
    twin.state.settings.default_repository_permission = "write"
    assert organization.update() is True
    assert organization.default_repository_permission == "write"
    assert [each.status for each in twin.requests.of("/orgs/{org}")] == [200, 304, 200]


def test_its_own_retries_outlast_a_secondary_limit_and_an_outage(client: Client, twin: Running) -> None:
    twin.faults.add("server_error", "/orgs/fernhill", status=502)
    twin.faults.add("secondary_limit", "/orgs/fernhill", nth=2, retry_after=1)

    patient = client(retry=github.GithubRetry(total=4, backoff_factor=0.01, secondary_rate_wait=0))

    assert patient.get_organization("fernhill").login == "fernhill"
    assert [each.status for each in twin.requests.of("/orgs/{org}")] == [200]
    assert [each.status for each in twin.requests.entries] == [502, 403, 200]


def test_refusals_become_its_own_exceptions(client: Client) -> None:
    with pytest.raises(github.BadCredentialsException):
        client("ghp_nobody").get_organization("fernhill").login  # noqa: B018
    with pytest.raises(github.UnknownObjectException):
        client().get_repo("fernhill/nothing")


def test_it_signs_in_as_the_app(twin: Running) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    twin.state.clock.follow_machine()  # the client signs by the machine's clock
    installation = twin.state.install_app(public, {"members": "read"})

    integration = github.GithubIntegration(auth=github.Auth.AppAuth(4711, private), base_url=twin.url)

    assert [each.id for each in integration.get_installations()] == [installation.id]
    reader = integration.get_github_for_installation(installation.id)
    assert len(list(reader.get_organization("fernhill").get_members())) == 3


def test_it_reads_an_own_server_too(twin: Running) -> None:
    client = github.Github(auth=github.Auth.Token("ghp_marta"), base_url=twin.enterprise_url, retry=None)

    assert client.get_organization("fernhill").get_members().totalCount == 3
    _, answer = client.requester.graphql_query("{viewer{login}}", {})
    assert answer == {"data": {"viewer": {"login": "marta"}}}
