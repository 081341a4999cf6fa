"""Which vendors there are, and the loading of a connector by name.

Connectors import heavy SDKs: they are loaded here, at run time, inside a worker or a command, never by a page.
"""

from importlib import import_module

from integrations.transport.contract import Connector

CONNECTORS = {
    "aws": "integrations.vendors.aws.connector",
    "bamboohr": "integrations.vendors.bamboohr.connector",
    "github": "integrations.vendors.github.connector",
    "okta": "integrations.vendors.okta.connector",
    "jira": "integrations.vendors.jira.connector",
}
NAMES = {"aws": "Amazon Web Services", "bamboohr": "BambooHR", "github": "GitHub", "okta": "Okta", "jira": "Jira Cloud"}


class UnknownVendor(LookupError):
    """No connector of that name is installed."""


def load_connector(vendor: str) -> type[Connector]:
    """The connector class of a vendor. Raises UnknownVendor."""
    if vendor not in CONNECTORS:
        raise UnknownVendor(f"there is no connector “{vendor}”; known are {', '.join(sorted(CONNECTORS))}")
    return import_module(CONNECTORS[vendor]).CONNECTOR
