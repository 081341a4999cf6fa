"""Asking clamd whether bytes are malware. Optional: without CLAMD_URL nothing is scanned, and that is said.

Protocol: INSTREAM of clamd(8), null-terminated commands: `zINSTREAM\\0`, then pieces, each after its length in 4 bytes big-endian,
then a length of zero; the answer is `stream: OK`, `stream: NAME FOUND` or `… ERROR`.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings

PIECE = 1024 * 1024
TIMEOUT = 120.0  # clamd scans after the last piece; an archive may take it a minute
LONGEST_ANSWER = 4096


@dataclass(frozen=True, slots=True)
class Clean:
    """The scanner knows nothing bad in it."""


@dataclass(frozen=True, slots=True)
class Infected:
    """The scanner found what it calls `signature`."""

    signature: str


@dataclass(frozen=True, slots=True)
class NotScanned:
    """No answer, and why. `wanted`: a scanner is configured, so the bytes belong in quarantine until it answers."""

    reason: str
    wanted: bool = False


class ScannerUnreachable(ConnectionError):
    """The scanner did not answer."""


def scan(chunks: Iterable[bytes]) -> Clean | Infected | NotScanned:
    """Ask the scanner of CLAMD_URL (`tcp://host:3310` or `unix:///path/of/socket`) about bytes that come piece by piece. Never raises for
    what the scanner does or fails to do; what `chunks` raises comes through."""
    url = settings.CONFIGURATION.clamd_url
    if not url:
        return NotScanned("No scanner is configured (CLAMD_URL).")
    try:
        answer = _asked(url, chunks)
    except ScannerUnreachable as error:
        return NotScanned(str(error), wanted=True)
    return _understood(answer)


def ping(url: str) -> str:
    """Version that the scanner at `url` reports. Raises ScannerUnreachable."""
    try:
        with _connected(url) as channel:
            channel.sendall(b"zVERSION\0")
            return _answer(channel)
    except OSError as error:
        raise ScannerUnreachable(f"The scanner at {url} cannot be reached: {error}") from error


def _asked(url: str, chunks: Iterable[bytes]) -> str:
    try:
        channel = _connected(url)
    except OSError as error:
        raise ScannerUnreachable(f"The scanner cannot be reached: {error.strerror or error}.") from error
    with channel:
        _send(channel, b"zINSTREAM\0")
        for chunk in chunks:
            for start in range(0, len(chunk), PIECE):
                piece = chunk[start : start + PIECE]
                if not _send(channel, len(piece).to_bytes(4, "big") + piece):
                    return _last_words(channel)
        _send(channel, bytes(4))
        return _last_words(channel)


def _send(channel: socket.socket, data: bytes) -> bool:
    """False when the scanner hung up: it has said why (a stream over its limit), or it died."""
    try:
        channel.sendall(data)
    except OSError:
        return False
    return True


def _last_words(channel: socket.socket) -> str:
    try:
        return _answer(channel)
    except OSError as error:
        raise ScannerUnreachable(f"The scanner gave no answer: {error.strerror or error}.") from error


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        channel.settimeout(TIMEOUT)
        try:
            channel.connect(unquote(parts.path))
        except OSError:
            channel.close()
            raise
        return channel
    return socket.create_connection((parts.hostname, parts.port or 3310), timeout=TIMEOUT)


def _answer(channel: socket.socket) -> str:
    held = b""
    while not held.endswith(b"\0") and len(held) < LONGEST_ANSWER:
        piece = channel.recv(LONGEST_ANSWER)
        if not piece:
            break
        held += piece
    return held.rstrip(b"\0\n").decode("utf-8", "replace")


def _understood(answer: str) -> Clean | Infected | NotScanned:
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Clean()
    if said.endswith(" FOUND"):
        return Infected(said.removesuffix(" FOUND"))
    return NotScanned(f"The scanner said: {said.removesuffix(' ERROR')}" if said else "The scanner hung up without an answer.", wanted=True)
