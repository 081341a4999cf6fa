"""Where a team reads along, and how the organization signs its mail."""

from django.db import models

from compliance.tenancy.models import TenantModel


class TeamWebhook(TenantModel):
    """An incoming webhook of Slack or Teams. The address is a secret (whoever has it may write there) and is kept encrypted."""

    name = models.CharField(max_length=80)
    way = models.CharField(max_length=6)
    host = models.CharField(max_length=200)
    ciphertext = models.BinaryField()
    events = models.JSONField(default=list)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="team_webhook_name"),
            models.CheckConstraint(name="team_webhook_way", condition=models.Q(way__in=["slack", "teams"])),
        ]

    def __str__(self) -> str:
        return self.name


class Letterhead(TenantModel):
    """Name and answer address of the organization's mail; the sending address is the operator's."""

    sender_name = models.CharField(max_length=80, blank=True)
    reply_to = models.EmailField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="letterhead_once")]
