"""Files of people on their way in: parts, sealed, in the upload folder; whole, in a file that only this process may read."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from compliance.tenancy import scope
from compliance.vault.encryption import decrypt, encrypt

PURPOSE = "upload part"
PART = 8 * 1024 * 1024  # bytes of the largest part that is taken at once


def folder_of(upload_id: uuid.UUID) -> Path:
    """Where the parts of one upload lie: in VAR_DIR, which several web servers of one installation have to share."""
    return settings.CONFIGURATION.var_dir / "uploads" / str(scope.organization_id()) / str(upload_id)


def put_part(upload_id: uuid.UUID, number: int, data: bytes) -> None:
    """Keep part `number`, counted from 1, sealed for the organization; one that is there is replaced whole."""
    folder = folder_of(upload_id)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{number}.draft"
    draft.write_bytes(encrypt(scope.organization_id(), PURPOSE, data))
    draft.replace(folder / f"{number}.part")


def parts_of(upload_id: uuid.UUID, count: int) -> Iterator[bytes]:
    """The parts in their order. Raises FileNotFoundError for one that is missing."""
    folder = folder_of(upload_id)
    for number in range(1, count + 1):
        yield decrypt(scope.organization_id(), PURPOSE, (folder / f"{number}.part").read_bytes())


def drop_parts(upload_id: uuid.UUID) -> None:
    """Nothing of the upload is left on the disk."""
    shutil.rmtree(folder_of(upload_id), ignore_errors=True)


@contextmanager
def spooled(pieces: Iterator[bytes]) -> Iterator[Path]:
    """A file of these bytes for as long as it is looked at."""
    folder = settings.CONFIGURATION.var_dir / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="look-") as room:
        path = Path(room) / "file"
        with path.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        yield path


def pieces_of(file: BinaryIO, size: int = 1024 * 1024) -> Iterator[bytes]:
    """An open file piece by piece."""
    while piece := file.read(size):
        yield piece
