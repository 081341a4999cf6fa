"""Raw bytes kept as evidence, addressed by what they are."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Blob(TenantModel):
    """That the bytes with this SHA-256 are in the store, encrypted for the organization. `redactions` lists what was removed
    before hashing, so that the fact of redaction is visible beside the bytes."""

    INSERT_ONLY = True

    digest = models.BinaryField(max_length=32)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    redactions = models.JSONField(default=list)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "digest"], name="blob_once")]
