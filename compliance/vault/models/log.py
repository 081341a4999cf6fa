"""The organization's append-only log: keys, pending and appended leaves, tiles, checkpoints (domain.md 4; RFC 6962; C2SP)."""

from django.db import models

from compliance.tenancy.models import TenantModel


class LogKey(TenantModel):
    """An Ed25519 key of the organization's log; the secret half is encrypted with the installation's keys. The one with the largest
    `from_size` signs; each key signed the checkpoints of more than its `from_size` leaves, up to where the next one begins."""

    INSERT_ONLY = True

    name = models.CharField(max_length=200)
    verifier = models.CharField(max_length=300)
    ciphertext = models.BinaryField()
    from_size = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "from_size"], name="log_key_from_size")]


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
    """A signed statement of the log's size and root. `note` is as we signed it; what witnesses and time-stamping authorities added
    stands in their own tables."""

    INSERT_ONLY = True

    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "size"], name="checkpoint_size")]


class Cosignature(TenantModel):
    """A witness' signature line (C2SP tlog-cosignature) under the checkpoint of `size` leaves: it saw that this extends what it saw
    before. `at` is the witness' clock."""

    INSERT_ONLY = True

    size = models.BigIntegerField()
    witness = models.CharField(max_length=200)
    line = models.TextField()
    at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "size", "witness"], name="cosignature_once")]


class Timestamp(TenantModel):
    """A time-stamp token (RFC 3161) over the signed text of the checkpoint of `size` leaves: `response` is the authority's whole answer
    (DER), as `openssl ts -verify` reads it; `at` is the time it states."""

    INSERT_ONLY = True

    size = models.BigIntegerField()
    authority = models.CharField(max_length=300)
    response = models.BinaryField()
    at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "size"], name="timestamp_once")]


class Publication(TenantModel):
    """Whether the organization's log has a public page. No row: it has."""

    public = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="publication_once")]
