"""How a parser is asked and answers: limits first, then one task, the answer on standard output, a refusal by exit code."""

import json
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evidence.files.apart import REFUSED
from evidence.files.refusals import Unfit

MEMORY = 1536 * 1024 * 1024  # bytes of address space
SECONDS = 20  # of processor
TEXT_BYTES = 400_000  # of text that search keeps; a search vector holds at most a megabyte

Task = Callable[..., bytes]


def answer(tasks: Mapping[str, Task]) -> None:
    """Do what the command line asks for; `look` is to check, then to answer the text. The process gets little memory and time, and can write no file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    task, path, options = sys.argv[1:4]
    try:
        if task == "look":
            tasks["check"](Path(path), **json.loads(options))
            data = tasks["text"](Path(path))
        else:
            data = tasks[task](Path(path), **json.loads(options))
    except Unfit as error:
        sys.stdout.buffer.write(str(error).encode())
        sys.exit(REFUSED)
    sys.stdout.buffer.write(data)


def shortened(text: str, limit: int = TEXT_BYTES) -> bytes:
    """Text without NUL, in UTF-8, cut at `limit` bytes between characters."""
    return text.replace("\0", "").encode("utf-8", "replace")[:limit].decode("utf-8", "ignore").encode()


def decoded(data: bytes) -> str:
    """Bytes of a text file as text: UTF-16 where it says so, else UTF-8, else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 4:  # cut within a character
            return data[: error.start].decode("utf-8-sig")
        return data.decode("cp1252", "replace")


def head_of(path: Path, limit: int) -> tuple[str, bool]:
    """The first bytes of a text file as text, and whether there is more."""
    with path.open("rb") as file:
        data = file.read(limit + 1)
    return decoded(data[:limit]), len(data) > limit


def as_json(value: Any) -> bytes:
    """An answer as JSON."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
