"""How a member wants to be told."""

from django.db import models

from compliance.tenancy.models import TenantModel

MODES = ("at_once", "digest", "none")
DAILY_BUDGET = 20


class Preference(TenantModel):
    """`mail`: each at once, one mail a day at `digest_hour`, or none. Between `quiet_from` and `quiet_until` (hours in `zone`)
    nothing goes out; a quiet time may run over midnight. Beyond `daily_budget` mails a day the rest waits for one digest."""

    member = models.ForeignKey("members.Membership", on_delete=models.CASCADE, db_constraint=False, related_name="+", db_index=False)
    mail = models.CharField(max_length=8, default="at_once")
    digest_hour = models.PositiveSmallIntegerField(default=8)
    quiet_from = models.PositiveSmallIntegerField(default=20)
    quiet_until = models.PositiveSmallIntegerField(default=7)
    zone = models.CharField(max_length=64, blank=True)  # empty: the organization's
    muted = models.JSONField(default=list)  # events never mailed
    daily_budget = models.PositiveSmallIntegerField(default=DAILY_BUDGET)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "member"], name="preference_once"),
            models.CheckConstraint(name="preference_mail", condition=models.Q(mail__in=MODES)),
            models.CheckConstraint(
                name="preference_hours",
                condition=models.Q(
                    digest_hour__lte=23, quiet_from__lte=23, quiet_until__lte=23, daily_budget__gte=1, daily_budget__lte=500
                ),
            ),
        ]
