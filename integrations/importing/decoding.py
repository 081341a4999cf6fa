"""Bytes into text: which encoding it is, and how sure that is."""

from dataclasses import dataclass

from integrations.importing.refusals import Unreadable

ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("windows-1252", "Windows-1252 (Western European)"),
    ("iso-8859-15", "ISO 8859-15 (Western European)"),
    ("windows-1250", "Windows-1250 (Central European)"),
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Encoding:
    """A guess; `certain` is False where other encodings would read it too, so that a person should look at the letters."""

    name: str
    certain: bool


def detect_encoding(data: bytes) -> Encoding:
    """By byte order mark, then by whether it is UTF-8 throughout, then by the zeros of UTF-16, else a Western European guess."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return Encoding(name, True)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if not _half_zeros(data):
            return Encoding("utf-8", True)
    if _half_zeros(data):
        return Encoding("utf-16", False)
    return Encoding("windows-1252", False)


def decode(data: bytes, encoding: str) -> str:
    """The text without its byte order mark. Raises Unreadable where the bytes are not of that encoding."""
    if encoding not in {name for name, _label in ENCODINGS}:
        raise Unreadable("Choose one of the offered encodings.")
    name = {"utf-8": "utf-8-sig"}.get(encoding, encoding)
    if encoding == "utf-16" and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16-le" if data[1::2][:_SAMPLE].count(0) >= data[0::2][:_SAMPLE].count(0) else "utf-16-be"
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(f"Line {line} is not {encoding}: choose another encoding, or save the file as UTF-8.") from error


def _half_zeros(data: bytes) -> bool:
    """Whether about every second byte is zero, as in Western text of two bytes a letter."""
    sample = data[:_SAMPLE]
    return len(sample) > 3 and sample.count(0) * 3 >= len(sample) and max(sample[0::2].count(0), sample[1::2].count(0)) * 4 >= len(sample)
