"""How an account is looked at."""

from django.db import models

from compliance.tenancy.models import TenantModel

STATES = ("draft", "active", "paused", "broken", "deleted")


class Connection(TenantModel):
    """Settings without secrets. `draft`: not yet proven to work. `broken`: the credential is refused; a person must act.
    `deleted`: the credential is destroyed, the evidence stays."""

    vendor = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    settings = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="active")
    state_reason = models.TextField(blank=True)
    cadence_minutes = models.PositiveIntegerField(default=60)
    external_id = models.CharField(max_length=64, blank=True)
    source_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    live_verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="connection_in_organization"),
            models.CheckConstraint(name="connection_state", condition=models.Q(state__in=STATES)),
            models.CheckConstraint(name="connection_cadence", condition=models.Q(cadence_minutes__range=(5, 10080))),
        ]

    def __str__(self) -> str:
        return self.name


class Credential(TenantModel):
    """The secrets of a connection, encrypted with keys from the environment. Decrypted only inside a run; removed with the
    connection. `fingerprint` tells two credentials apart without revealing either."""

    connection = models.ForeignKey("integrations.Connection", on_delete=models.CASCADE, related_name="+", db_index=False)
    ciphertext = models.BinaryField()
    fingerprint = models.CharField(max_length=16)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "connection"], name="credential_once")]
