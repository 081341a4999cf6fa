"""Writing a ZIP as a stream: nothing of it is held but what is about to be sent, and the list of what was sent lies on the disk."""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

STORED = frozenset(  # compressed already: deflating them again costs time and saves nothing
    "png jpg jpeg gif webp zip gz bz2 xz zst 7z xlsx docx pptx odt ods pdf mp4 mov mp3 woff woff2".split()  # noqa: SIM905
)
LEVEL = 6
PIECE = 256 * 1024


class _Sink:
    """What the ZIP writer writes into; it cannot seek, so that the writer puts lengths behind each file."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


class Archive:
    """One package being written. Use as a context manager; every generator has to be read to its end."""

    def __init__(self, at: datetime) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", allowZip64=True)  # type: ignore[arg-type]
        self._stamp = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second - at.second % 2)
        self._listed = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the archive
        self.files = 0
        self.size = 0

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._listed.close()

    def add(
        self, path: str, pieces: Iterable[bytes], what: str, stated: Mapping[str, str] | None = None, *, listed: bool = True
    ) -> Iterator[bytes]:
        """A file, as the bytes to send. `what` says in words what it is; `stated` which statement of the log names its digest; `listed`
        False keeps it out of the manifest (the manifest itself, and what proves it)."""
        info = zipfile.ZipInfo(path, self._stamp)
        info.external_attr = 0o100644 << 16
        ending = path.rpartition(".")[2].lower()
        info.compress_type = zipfile.ZIP_STORED if ending in STORED else zipfile.ZIP_DEFLATED
        info._compresslevel = LEVEL  # type: ignore[attr-defined]
        running, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as entry:
            for piece in pieces:
                for start in range(0, len(piece), PIECE):
                    part = piece[start : start + PIECE]
                    running.update(part)
                    size += len(part)
                    entry.write(part)
                    if sent := self._sink.take():
                        yield sent
        yield self._sink.take()
        if listed:
            told = {"path": path, "sha256": running.hexdigest(), "size": size, "what": what, **({"stated": dict(stated)} if stated else {})}
            self._listed.write(json.dumps(told, sort_keys=True, ensure_ascii=False).encode() + b"\n")
            self.files += 1
            self.size += size

    def listed(self) -> Iterator[dict[str, Any]]:
        """What was written so far, in order."""
        self._listed.seek(0)
        for line in self._listed:
            yield json.loads(line)
        self._listed.seek(0, 2)

    def end(self) -> bytes:
        """The ZIP's directory: the last bytes."""
        self._zip.close()
        return self._sink.take()
