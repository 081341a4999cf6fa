"""Taking bytes in: looked into, scanned, stored. Nothing is evidence before an action says so, and what is refused leaves nothing."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compliance.members.refusals import Refused
from compliance.vault.scanning import Clean, Infected, scan
from compliance.vault.services.blobs import _keep_blobs
from compliance.vault.services.streams import store_file
from evidence.files.names import checked_name
from evidence.files.reading import look
from evidence.files.refusals import Unfit
from evidence.models import Item, ItemVersion, Scan
from evidence.services.spooling import pieces_of, spooled

LARGEST = 2 * 1024**3  # bytes of one file


class NotTaken(Refused):
    """The file is not taken; the message says why and what to do."""


class Duplicate(Refused):
    """These bytes are in the library already; `item_id` says where."""

    def __init__(self, item: Item) -> None:
        super().__init__(f"The same file is in the library already, as “{item.title}”. Link that item instead of adding it again.")
        self.item_id = item.pk
        self.item_title = item.title


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that lie in the store; within an action, `_keep` says that they are kept. `verdict` and `detail` are the scanner's:
    `clean`, `infected`, `waiting` (it should have answered and did not), or empty where none is configured."""

    digest: str
    size: int
    filename: str
    media_type: str
    text: str
    verdict: str
    detail: str


def receive(pieces: Iterator[bytes], filename: str, *, role: str, again: bool = False, expected_sha256: str = "") -> Received:
    """Look into a file that comes piece by piece, have it scanned, and store it; no database is written.

    `role` is the caller's: a duplicate is only told of where the caller may know of it, and not at all with `again`. Raises NotTaken or
    Duplicate; nothing is left then.
    """
    try:
        name = checked_name(filename)
        with spooled(_bounded(pieces)) as path:
            seen = look(path, name)
            digest = _digest(path)
            if expected_sha256 and digest != expected_sha256:
                raise NotTaken(f"The bytes hash to {digest}, declared was {expected_sha256}. Nothing is kept; send the file again.")
            if not again and (known := _known(digest, role)) is not None:
                raise Duplicate(known)
            verdict, detail = _scanned(path)
            with path.open("rb") as file:
                stored = store_file(file, limit=LARGEST)
    except Unfit as error:
        raise NotTaken(str(error)) from error
    return Received(stored.digest, stored.size, name, seen.media_type, seen.text, verdict, detail)


def receive_text(text: str, filename: str, media_type: str) -> Received:
    """Bytes that we wrote ourselves."""
    data = text.encode()
    with spooled(iter([data])) as path, path.open("rb") as file:
        stored = store_file(file, limit=LARGEST)
    return Received(stored.digest, stored.size, filename, media_type, text[:400_000], "", "")


def _keep(received: Sequence[Received], now: object) -> None:
    """Inner step of an action: these bytes are kept, and what the scanner said of them."""
    by_media: dict[str, dict[str, int]] = {}
    for each in received:
        by_media.setdefault(each.media_type, {})[each.digest] = each.size
    for media_type, sizes in by_media.items():
        _keep_blobs(sizes, media_type)
    for each in received:
        if each.verdict:
            Scan.objects.update_or_create(
                digest=each.digest, defaults={"state": each.verdict, "detail": each.detail[:300], "scanned_at": now, "accepted_by": ""}
            )


def _bounded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LARGEST:
            raise NotTaken(f"A file has at most {LARGEST:,} bytes (2 GB). Split it, or keep it where it is and bring a link.")
        yield piece


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _known(digest: str, role: str) -> Item | None:
    holders = ItemVersion.objects.filter(digest=digest).values("item_id")
    return Item.objects.filter(pk__in=holders, roles__contains=[role]).order_by("revision").first()


def _scanned(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        said = scan(pieces_of(file))
    if isinstance(said, Clean):
        return "clean", ""
    if isinstance(said, Infected):
        return "infected", said.signature
    return ("waiting", said.reason) if said.wanted else ("", "")
