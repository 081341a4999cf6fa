"""AWS's connector keeps the contract."""

from integrations.kit.suite import ConnectorContract
from tests.integrations.kit.aws import AwsBed


class TestAws(ConnectorContract):
    """Clause by clause."""

    bed = AwsBed()
