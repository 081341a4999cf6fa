"""The ground floor is tested by itself: whatever stands above it may be changing."""

import pytest


@pytest.fixture(autouse=True)
def own_addresses(settings):
    """Only the addresses of the ground floor."""
    settings.ROOT_URLCONF = "tests.members.addresses"
