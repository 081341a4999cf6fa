"""Jira's connector keeps the contract."""

from integrations.kit.suite import ConnectorContract
from tests.integrations.kit.jira import JiraBed


class TestJira(ConnectorContract):
    """Clause by clause."""

    bed = JiraBed()
