"""Models of the vault."""

from compliance.vault.models.blob import Blob
from compliance.vault.models.log import Checkpoint, Leaf, LogKey, PendingLeaf, Tile

__all__ = ["Blob", "Checkpoint", "Leaf", "LogKey", "PendingLeaf", "Tile"]
