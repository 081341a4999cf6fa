"""The identity of a row: one line of text, unique in its population, the same at every freezing; and the digest over all of them."""

import hashlib
from collections.abc import Iterable


def row_id(vendor: str, account: str, kind: str, key: str, mark: str = "") -> str:
    """`vendor/account/kind/key`, for what a subject has more than one of with `~mark` behind (the second stay `~2`, a move `~2026-03-01`).

    Keys are the source's own and may hold anything: control characters and line ends, `%` and `~` are written as percent-encoded UTF-8,
    so that no key can look like two lines, nor like another row."""
    said = "/".join(_line(each) for each in (vendor, account, kind, key))
    return f"{said}~{mark}" if mark else said


def ids_digest(ids: Iterable[str]) -> str:
    """SHA-256 over the ids sorted bytewise, each followed by a line feed (soc2-sample/v1; domain.md 3.5). Nothing at all hashes to that of
    no bytes."""
    digest = hashlib.sha256()
    for each in sorted(each.encode() for each in ids):
        digest.update(each + b"\n")
    return digest.hexdigest()


def _line(text: str) -> str:
    if text.isprintable() and "%" not in text and "~" not in text:
        return text
    return "".join(each if each.isprintable() and each not in "%~" else _encoded(each) for each in text)


def _encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
