"""Models of the vault."""

from compliance.vault.models.blob import Blob
from compliance.vault.models.log import Checkpoint, Leaf, LogKey, PendingLeaf, PendingPack, Tile
from compliance.vault.models.statement import Statement

__all__ = ["Blob", "Checkpoint", "Leaf", "LogKey", "PendingLeaf", "PendingPack", "Statement", "Tile"]
