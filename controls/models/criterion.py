"""The Trust Services Criteria: reference data of the installation, written by the owner role when migrating."""

from typing import ClassVar

from django.db import models


class Criterion(models.Model):
    """One of the 61 criteria (TSP section 100), in our own words. Not a tenant table."""

    OWNER_WRITES: ClassVar[bool] = True

    code = models.CharField(max_length=8, primary_key=True)
    position = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=24)
    series = models.CharField(max_length=60)
    coso = models.PositiveSmallIntegerField(null=True)
    title = models.CharField(max_length=120)
    summary = models.TextField()
    edition = models.CharField(max_length=40)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.code


class PointOfFocus(models.Model):
    """Guidance to be considered under a criterion; the slug is ours, never official."""

    OWNER_WRITES: ClassVar[bool] = True

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="points_of_focus")
    slug = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    applies = models.JSONField(default=list)

    class Meta:
        ordering = ["criterion", "position"]
        constraints = [models.UniqueConstraint(fields=["criterion", "slug"], name="point_of_focus_once")]
