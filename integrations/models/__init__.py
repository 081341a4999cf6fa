"""Models of integrations."""

from integrations.models.connection import Connection, Credential
from integrations.models.due import Due
from integrations.models.imported import ImportedFile, KeptMapping
from integrations.models.pushed import PushChunk, PushSession

__all__ = ["Connection", "Credential", "Due", "ImportedFile", "KeptMapping", "PushChunk", "PushSession"]
