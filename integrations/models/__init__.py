"""Models of integrations."""

from integrations.models.connection import Connection, Credential
from integrations.models.due import Due

__all__ = ["Connection", "Credential", "Due"]
