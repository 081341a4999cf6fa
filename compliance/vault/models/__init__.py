"""Models of the vault."""

from compliance.vault.models.blob import Blob
from compliance.vault.models.keeping import DeletionRequest, DeletionStep, DeletionTarget, LegalHold, RetentionRule, Tombstone
from compliance.vault.models.log import Checkpoint, Cosignature, Leaf, LogKey, PendingLeaf, PendingPack, Publication, Tile, Timestamp
from compliance.vault.models.statement import Statement

__all__ = [
    "Blob",
    "Checkpoint",
    "Cosignature",
    "DeletionRequest",
    "DeletionStep",
    "DeletionTarget",
    "Leaf",
    "LegalHold",
    "LogKey",
    "PendingLeaf",
    "PendingPack",
    "Publication",
    "RetentionRule",
    "Statement",
    "Tile",
    "Timestamp",
    "Tombstone",
]
