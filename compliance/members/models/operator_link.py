"""The one-time link by which the first operator of an installation is made."""

from django.db import models

from compliance.tenancy.uuid7 import uuid7


class OperatorLink(models.Model):
    """Not a tenant row: there is no organization yet. Used once, within `expires_at`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
