"""Giving back what a connector held open."""

import contextlib
from collections.abc import Iterator

from integrations.transport.contract import Connector


@contextlib.contextmanager
def closed_afterwards(connector: Connector) -> Iterator[Connector]:
    """Whatever happens, the connector's connections, clients and threads do not outlive what it was made for."""
    try:
        yield connector
    finally:
        close = getattr(connector, "close", None)  # a connector that holds nothing open need not offer it
        if close is not None:
            close()
