"""One line of the trail."""

from django.db import models

from compliance.tenancy.models import TenantModel
from compliance.trail.actor import ActorKind


class Entry(TenantModel):
    """Who did what, when and why. Its id is the action's id, which every row written by that action was written under."""

    INSERT_ONLY = True

    name = models.CharField(max_length=64)  # a value of ActionName; no choices here, or each new name would be a migration
    at = models.DateTimeField(auto_now_add=True)
    actor_kind = models.CharField(max_length=10, choices=[(each.value, each.value) for each in ActorKind])
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    subject_name = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-id"], name="trail_entry_latest"),
            models.Index(fields=["organization", "subject_id", "-id"], name="trail_entry_subject"),
            models.Index(fields=["organization", "actor_id", "-id"], name="trail_entry_actor"),
            models.Index(fields=["organization", "name", "-id"], name="trail_entry_name"),
        ]
        constraints = [
            models.CheckConstraint(name="trail_entry_names_its_actor", condition=~models.Q(actor_name="")),
        ]
