"""What others said about checkpoints: time stamps and cosignatures."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import Min
from django.db.models.functions import TruncDay

from compliance.seal.note import split_note
from compliance.vault.models import Checkpoint, Cosignature, Timestamp


def signed_bytes(checkpoint: Checkpoint) -> bytes:
    """What the log's key signed, and what is stamped: the text of the checkpoint, up to and with the newline before the empty line."""
    return split_note(checkpoint.note.encode())[0].encode()


def signed_bytes_at(size: int) -> bytes | None:
    """The signed text of the checkpoint of that size, None where there is none."""
    checkpoint = Checkpoint.objects.filter(size=size).first()
    return None if checkpoint is None else signed_bytes(checkpoint)


def latest_timestamp() -> Timestamp | None:
    """The time stamp over the longest log, None before the first."""
    return Timestamp.objects.order_by("-size").first()


def timestamp_of(size: int) -> Timestamp | None:
    """The time stamp over the checkpoint of that size."""
    return Timestamp.objects.filter(size=size).first()


def checkpoint_to_stamp(now: datetime, every: timedelta) -> Checkpoint | None:
    """The latest checkpoint, where it has no time stamp yet and none was received within `every`: of a busy log not each is stamped, and
    the one that is covers those before it."""
    latest = Checkpoint.objects.order_by("-size").first()
    if latest is None or timestamp_of(latest.size) is not None or Timestamp.objects.filter(received_at__gt=now - every).exists():
        return None
    return latest


def stamped_size() -> int:
    """The size of the longest log that has a time stamp; 0 for none."""
    stamp = latest_timestamp()
    return stamp.size if stamp else 0


def uncovered_since(size: int) -> datetime | None:
    """When the first checkpoint of more than `size` leaves was signed; None where there is none, so that nothing waits for anybody."""
    return Checkpoint.objects.filter(size__gt=size).order_by("size").values_list("signed_at", flat=True).first()


def checkpoint_to_cosign(witness: str) -> Checkpoint | None:
    """The latest checkpoint, where this witness has not cosigned it."""
    latest = Checkpoint.objects.order_by("-size").first()
    return None if latest is None or cosigned_size(witness) >= latest.size else latest


def cosigned_size(witness: str) -> int:
    """The size of the log that this witness cosigned last, as far as we know; 0 for none."""
    return Cosignature.objects.filter(witness=witness).order_by("-size").values_list("size", flat=True).first() or 0


def latest_cosignatures() -> list[Cosignature]:
    """The latest cosignature of each witness, by its name."""
    return list(Cosignature.objects.order_by("witness", "-size").distinct("witness"))


def latest_cosigned() -> Checkpoint | None:
    """The longest checkpoint that a witness cosigned, None before the first."""
    size = Cosignature.objects.order_by("-size").values_list("size", flat=True).first()
    return None if size is None else Checkpoint.objects.filter(size=size).first()


def daily_timestamps(start: datetime, until: datetime) -> Iterator[tuple[Timestamp, bytes]]:
    """The first time stamp of each day (UTC) of those that state a time from `start` to before `until`, and the latest of all, each with
    the signed text that it is over; by size."""
    period = Timestamp.objects.filter(at__gte=start, at__lt=until)
    first = period.values(day=TruncDay("at", tzinfo=UTC)).annotate(first=Min("size")).values_list("first", flat=True)
    latest = Timestamp.objects.order_by("-size").values_list("size", flat=True)[:1]
    for size in sorted({*first, *latest}):
        text = signed_bytes_at(size)
        if text is not None:
            yield Timestamp.objects.get(size=size), text
