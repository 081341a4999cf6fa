"""The organization's append-only log: keys, pending and appended leaves, tiles, checkpoints (domain.md 4; RFC 6962; C2SP)."""

from django.db import models

from compliance.tenancy.models import TenantModel


class LogKey(TenantModel):
    """The Ed25519 key that signs the organization's checkpoints; the secret half is encrypted with the installation's keys."""

    INSERT_ONLY = True

    name = models.CharField(max_length=200)
    verifier = models.CharField(max_length=300)
    ciphertext = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="log_key_once")]


class PendingLeaf(TenantModel):
    """Something that waits to be appended; written within the action that made it, removed when sealed."""

    kind = models.CharField(max_length=30)
    ref = models.UUIDField()
    at = models.DateTimeField()
    content_hash = models.BinaryField(max_length=32)


class PendingPack(TenantModel):
    """Up to a thousand leaves of one kind and instant that wait together, for what is written by the hundred thousand: `leaves` holds
    48 bytes a leaf, its ref (16) and its content hash (32), in the order in which they are appended."""

    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    leaves = models.BinaryField()


class Leaf(TenantModel):
    """An appended leaf: its position, and what hashes to it."""

    INSERT_ONLY = True

    position = models.BigIntegerField()
    kind = models.CharField(max_length=30)
    ref = models.UUIDField()
    at = models.DateTimeField()
    content_hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "position"], name="leaf_position")]
        indexes = [models.Index(fields=["organization", "ref"], name="leaf_ref")]


class Tile(TenantModel):
    """256 hashes of one level (tlog-tiles, height 8). Updated while partial; can be rebuilt from the leaves."""

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "level", "number"], name="tile_once")]


class Checkpoint(TenantModel):
    """A signed statement of the log's size and root."""

    INSERT_ONLY = True

    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "size"], name="checkpoint_size")]
