"""What people say to each other about something."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Comment(TenantModel):
    """Insert-only: what was said stays said. `author_name` outlives the member."""

    INSERT_ONLY = True

    about_kind = models.CharField(max_length=30)
    about_id = models.UUIDField()
    text = models.TextField()
    author = models.UUIDField(null=True)  # membership; no key, since the words outlive it
    author_name = models.CharField(max_length=200)
    mentioned = models.JSONField(default=list)  # names, as they were when it was said
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="comment_says_something", condition=~models.Q(text=""))]
        indexes = [models.Index(fields=["organization", "about_id", "at"], name="comment_about")]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:60]}"
