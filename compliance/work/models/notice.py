"""What a person is told, and the ways it went out."""

from django.db import models

from compliance.tenancy.models import TenantModel

EVENTS = ("due", "overdue", "failed", "recovered", "assigned", "mentioned", "requested", "approved", "expiring", "problem")
WAYS = ("email", "slack", "teams")
STATES = ("waiting", "sending", "sent", "unsure", "failed", "cancelled")


class Notice(TenantModel):
    """Told to one member once: `key` names the event (what, which, since when), so that a second round or a second worker finds
    it there. `ended_at`: since when it is no longer true; who had not read it by then never sees it."""

    recipient = models.ForeignKey("members.Membership", on_delete=models.CASCADE, db_constraint=False, related_name="+", db_index=False)
    event = models.CharField(max_length=10)
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    path = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="notice_in_organization"),
            models.UniqueConstraint(fields=["organization", "recipient", "key"], name="notice_once"),
            models.CheckConstraint(name="notice_event", condition=models.Q(event__in=EVENTS)),
        ]
        indexes = [
            models.Index(fields=["organization", "recipient", "-at"], name="notice_of_member"),
            models.Index(fields=["organization", "key"], condition=models.Q(ended_at__isnull=True), name="notice_in_force"),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(TenantModel):
    """One notice on one way. Taken (`sending`) and committed before it goes out: what a dead worker left there may or may not have
    arrived, is called unsure and never sent again. OPERATIONAL: a queue, no decision of anybody."""

    OPERATIONAL = True

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, db_constraint=False, related_name="+", db_index=False)
    way = models.CharField(max_length=6)
    webhook = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="waiting")
    due_at = models.DateTimeField()
    batch = models.CharField(max_length=40, blank=True)
    taken_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "notice", "way", "webhook"], nulls_distinct=False, name="delivery_once"),
            models.CheckConstraint(name="delivery_way", condition=models.Q(way__in=WAYS)),
            models.CheckConstraint(name="delivery_state", condition=models.Q(state__in=STATES)),
        ]
        indexes = [
            models.Index(fields=["organization", "due_at"], condition=models.Q(state__in=["waiting", "sending"]), name="delivery_open")
        ]


class TellingRound(TenantModel):
    """When the organization is looked over next for what turned due by time alone. OPERATIONAL: a clock, no decision."""

    OPERATIONAL = True

    next_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="telling_round_once")]
