"""Jira's connector keeps the contract."""

import pytest

from integrations.kit.suite import ConnectorContract
from tests.integrations.kit.jira import JiraBed

pytestmark = pytest.mark.slow


class TestJira(ConnectorContract):
    """Clause by clause."""

    bed = JiraBed()
