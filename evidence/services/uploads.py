"""Uploads that may be interrupted: a file comes in parts and becomes something only when it is whole (tus 1.0 speaks to this)."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from compliance.members.refusals import Refused
from evidence.files.names import checked_name
from evidence.files.refusals import Unfit
from evidence.models import Upload
from evidence.services.receiving import LARGEST, NotTaken
from evidence.services.spooling import PART, drop_parts, parts_of, put_part

LIVES = timedelta(hours=24)
MOST_OPEN = 100  # uploads of one person at a time
CHECKSUMS = ("sha256", "sha1")


class WrongOffset(Refused):
    """The part does not begin where the former ended."""


class WrongChecksum(Refused):
    """The part arrived otherwise than it was sent."""


def open_upload(*, user_id: uuid.UUID, filename: str, length: int, metadata: Mapping[str, Any], now: datetime) -> Upload:
    """An upload to be filled within a day. Raises NotTaken for a bad name, an empty file or one over 2 GB."""
    try:
        name = checked_name(filename)
    except Unfit as error:
        raise NotTaken(str(error)) from error
    if length < 1:
        raise NotTaken("The file is empty. Send the one with content.")
    if length > LARGEST:
        raise NotTaken(f"A file has at most {LARGEST:,} bytes (2 GB). Split it, or keep it where it is and bring a link.")
    expire_uploads(now=now)
    if Upload.objects.filter(user_id=user_id).count() >= MOST_OPEN:
        raise NotTaken(f"{MOST_OPEN} of your uploads are unfinished. Finish some; they expire after a day.")
    return Upload.objects.create(
        user_id=user_id, length=length, filename=name, metadata=dict(metadata), created_at=now, expires_at=now + LIVES
    )


def append_part(*, upload: Upload, offset: int, data: bytes, checksum: tuple[str, bytes] | None = None) -> Upload:
    """Take the next part. Raises WrongOffset, WrongChecksum, NotTaken; nothing of the part is kept then."""
    if len(data) > PART:
        raise NotTaken(f"A part has at most {PART:,} bytes.")
    if checksum is not None and hashlib.new(checksum[0], data).digest() != checksum[1]:
        raise WrongChecksum("The part arrived otherwise than it was sent. Send it again.")
    with transaction.atomic():
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        if offset != locked.received:
            raise WrongOffset(f"{locked.received} bytes are here. Go on from there.")
        if offset + len(data) > locked.length:
            raise NotTaken(f"The file was to have {locked.length:,} bytes; with this part it would have more. Begin again.")
        if data:
            put_part(locked.pk, locked.parts + 1, data)
            locked.parts, locked.received = locked.parts + 1, offset + len(data)
            locked.save(update_fields=["parts", "received"])
    return locked


def content_of(upload: Upload) -> Iterator[bytes]:
    """The whole file. Raises NotTaken while a part is missing."""
    if upload.received != upload.length:
        raise NotTaken(f"{upload.received:,} of {upload.length:,} bytes are here. Send the rest.")
    return parts_of(upload.pk, upload.parts)


def drop_upload(upload: Upload) -> None:
    """Forget an upload and its parts: it became an item, was refused, or was given up."""
    Upload.objects.filter(pk=upload.pk).delete()
    drop_parts(upload.pk)


def expire_uploads(*, now: datetime) -> int:
    """Forget those that were not finished in time. Returns how many."""
    left = list(Upload.objects.filter(expires_at__lte=now))
    for each in left:
        drop_upload(each)
    return len(left)
