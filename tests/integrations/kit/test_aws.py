"""AWS's connector keeps the contract."""

import pytest

from integrations.kit.suite import ConnectorContract
from tests.integrations.kit.aws import AwsBed

pytestmark = pytest.mark.slow


class TestAws(ConnectorContract):
    """Clause by clause."""

    bed = AwsBed()
