"""Subjects and what was recorded of them."""

import uuid
from datetime import datetime

from django.db.models import QuerySet

from evidence.models import Record, Subject


def subject_by_id(subject_id: uuid.UUID) -> Subject | None:
    """The subject with its stream and source."""
    return Subject.objects.select_related("stream__source").filter(pk=subject_id).first()


def records_of(subject_id: uuid.UUID, until: datetime) -> QuerySet[Record]:
    """What was recorded of a subject up to an instant, with the runs; page by (-observed_at, -id)."""
    return Record.objects.filter(subject_id=subject_id, observed_at__lte=until).select_related("run")


def has_record(subject_id: uuid.UUID, record_id: uuid.UUID) -> bool:
    """Whether that record is one of this subject."""
    return Record.objects.filter(subject_id=subject_id, pk=record_id).exists()


def has_page(subject_id: uuid.UUID, digest: str) -> bool:
    """Whether a fact of this subject was made from the raw page of that digest (64 hexadecimal digits)."""
    return Record.objects.filter(subject_id=subject_id, pages__contains=digest).exists()


def subjects_named(part: str, limit: int) -> list[Subject]:
    """Subjects that are there now and whose name contains `part`, by name, with their stream."""
    return list(Subject.objects.filter(name__icontains=part, gone_at=None).select_related("stream").order_by("name")[:limit])


def subject_of(vendor: str, kind: str, key: str) -> Subject | None:
    """The subject of that key in the vendor's stream of a kind, with its stream; the latest where several accounts have one."""
    return (
        Subject.objects.filter(stream__vendor=vendor, stream__kind=kind, key=key).select_related("stream__source").order_by("-id").first()
    )
