"""GitHub's connector keeps the contract."""

from integrations.kit.suite import ConnectorContract
from tests.integrations.kit.github import GithubBed


class TestGithub(ConnectorContract):
    """Clause by clause."""

    bed = GithubBed()
