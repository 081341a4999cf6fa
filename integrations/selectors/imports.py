"""Reading imported files and kept mappings."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from integrations.fed import FED
from integrations.models import Connection, ImportedFile, KeptMapping, PushSession

LIST = ("content",)


def imported_files(limit: int = 50) -> Sequence[ImportedFile]:
    """The latest, newest first, without their contents."""
    return list(ImportedFile.objects.defer(*LIST).order_by("-uploaded_at")[:limit])


def imported_file(file_id: uuid.UUID) -> ImportedFile | None:
    """One, without its content."""
    return ImportedFile.objects.defer(*LIST).filter(pk=file_id).first()


def files_of(connection_id: uuid.UUID, limit: int = 50) -> Sequence[ImportedFile]:
    """Those of a source, newest first."""
    return list(ImportedFile.objects.defer(*LIST).filter(connection_id=connection_id).order_by("-uploaded_at")[:limit])


def kept_mappings(kind: str = "") -> Sequence[KeptMapping]:
    """By kind and name; of one kind where it is given."""
    rows = KeptMapping.objects.order_by("kind", "name")
    return list(rows.filter(kind=kind) if kind else rows)


def kept_mapping(mapping_id: uuid.UUID) -> KeptMapping | None:
    """One."""
    return KeptMapping.objects.filter(pk=mapping_id).first()


def fed_connections(vendor: str = "") -> Sequence[Connection]:
    """Sources that people or programs feed, by name."""
    return list(Connection.objects.filter(vendor__in=[vendor] if vendor else list(FED)).exclude(state="deleted").order_by("name"))


def last_as_of(connection_id: uuid.UUID) -> datetime | None:
    """The latest instant that a recorded list of this source speaks for."""
    found = [
        model.objects.filter(connection_id=connection_id, state="recorded").aggregate(last=Max("as_of"))["last"]
        for model in (ImportedFile, PushSession)
    ]
    return max((each for each in found if each is not None), default=None)
