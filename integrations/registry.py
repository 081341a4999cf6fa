"""Which vendors there are, ours and those of third parties that the operator allows, and the loading of a connector by name.

Connectors import heavy SDKs: they are loaded here, at run time, inside a worker or a command, never by a page.
"""

from collections.abc import Mapping
from importlib import import_module

from integrations.entrypoints import ThirdParty, allowed_connectors, third_party
from integrations.transport.contract import Connector
from integrations.transport.grants import Grant

CONNECTORS = {
    "aws": "integrations.vendors.aws.connector",
    "bamboohr": "integrations.vendors.bamboohr.connector",
    "github": "integrations.vendors.github.connector",
    "okta": "integrations.vendors.okta.connector",
    "jira": "integrations.vendors.jira.connector",
}
# Vendors that somebody signs in at; plain Python that pages may load.
GRANTS = {"bamboohr": "integrations.vendors.bamboohr.grant", "jira": "integrations.vendors.jira.grant"}
NAMES = {"aws": "Amazon Web Services", "bamboohr": "BambooHR", "github": "GitHub", "okta": "Okta", "jira": "Jira Cloud"}


class UnknownVendor(LookupError):
    """No connector of that name is installed."""


def third_parties() -> Mapping[str, ThirdParty]:
    """Connectors of other packages by key, as far as CONNECTORS_ALLOWED names them. Raises RefusedConnector."""
    return third_party(allowed_connectors(), CONNECTORS)


def load_connector(vendor: str) -> type[Connector]:
    """The connector class of a vendor. Raises UnknownVendor, or RefusedConnector for one of a third party that cannot be used."""
    if vendor in CONNECTORS:
        return import_module(CONNECTORS[vendor]).CONNECTOR
    others = third_parties()
    if vendor in others:
        return others[vendor].load()
    raise UnknownVendor(f"there is no connector “{vendor}”; known are {', '.join(sorted({*CONNECTORS, *others}))}")


def load_grant(vendor: str) -> Grant | None:
    """How somebody signs in at a vendor; None where the credential is entered."""
    return import_module(GRANTS[vendor]) if vendor in GRANTS else None  # type: ignore[return-value]
