"""The present of what was observed: one narrow, mutable row per subject."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Subject(TenantModel):
    """`key` is the fact's subject, unique within the stream; `digest` and `record_id` point at its current record."""

    stream = models.ForeignKey("evidence.Stream", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    key = models.TextField()
    name = models.TextField(blank=True)
    region = models.CharField(max_length=60, blank=True)
    digest = models.BinaryField(max_length=32, null=True)
    record_id = models.UUIDField(null=True)
    since = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "stream", "key"], name="subject_once")]

    def __str__(self) -> str:
        return self.name or self.key


class Record(TenantModel):
    """One change of one subject: insert-only. `fact` is canonical JSON as text (jsonb would rewrite it); `content_hash` is the
    salted hash that stands in the log; `pages` are the digests of the raw answers it was made from."""

    INSERT_ONLY = True

    subject = models.ForeignKey("evidence.Subject", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    run = models.ForeignKey("evidence.Run", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    observed_at = models.DateTimeField()
    gone = models.BooleanField(default=False)
    version = models.PositiveSmallIntegerField()
    digest = models.BinaryField(max_length=32, null=True)
    salt = models.BinaryField(max_length=16, null=True)
    content_hash = models.BinaryField(max_length=32)
    fact = models.TextField(null=True)
    pages = models.TextField(blank=True)  # hex digests, space separated

    class Meta:
        indexes = [
            models.Index(fields=["organization", "subject", "-observed_at"], name="record_of_subject"),
            models.Index(fields=["organization", "run"], name="record_of_run"),
        ]
