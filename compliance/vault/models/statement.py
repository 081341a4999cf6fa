"""What was stated once and for all: the payload behind each leaf that is not a record's."""

from django.db import models

from compliance.tenancy.models import TenantModel

KINDS = ("blob", "item", "run", "verdicts", "waiver", "population", "draw", "decision", "export", "shredding", "key")
"""Kinds of leaves that have a statement. Leaves of records are of kind `evidence.record`; their payload is the record's fact."""


class Statement(TenantModel):
    """One payload, canonical JSON (RFC 8785) as text, with the salt under which it was hashed: content_hash = SHA-256(salt ‖ payload),
    the hash in its leaf. `ref` is what it speaks of (a run's id, an item version's), `at` our clock then.

    Several statements may speak of one thing (a waiver granted, and ended): each has its own leaf, told apart by content_hash.
    Salt and payload are empty only after a shredding; leaf and hash stay, so every proof stays valid."""

    INSERT_ONLY = True

    kind = models.CharField(max_length=30)
    ref = models.UUIDField()
    at = models.DateTimeField()
    salt = models.BinaryField(max_length=16, null=True)
    payload = models.TextField(null=True)
    content_hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(name="statement_kind", condition=models.Q(kind__in=KINDS))]
        indexes = [
            models.Index(fields=["organization", "ref"], name="statement_of_ref"),
            models.Index(fields=["organization", "kind", "at"], name="statement_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.at:%Y-%m-%d %H:%M} UTC"
