"""Okta's connector keeps the contract."""

from integrations.kit.suite import ConnectorContract
from tests.integrations.kit.okta import OktaBed


class TestOkta(ConnectorContract):
    """Clause by clause."""

    bed = OktaBed()
