"""Okta's connector keeps the contract."""

import pytest

from integrations.kit.suite import ConnectorContract
from tests.integrations.kit.okta import OktaBed

pytestmark = pytest.mark.slow


class TestOkta(ConnectorContract):
    """Clause by clause."""

    bed = OktaBed()
