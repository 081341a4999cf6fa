"""Which type a file is of, by its name and its first bytes, which must agree."""

import re
from dataclasses import dataclass

from evidence.files.names import ending
from evidence.files.refusals import Unfit

HEAD = 64 * 1024  # bytes that are looked at


@dataclass(frozen=True, slots=True)
class Type:
    """`family` is what first bytes can tell; `parser` the module of `evidence.files.child` that reads it (empty: nobody does)."""

    media_type: str
    family: str
    parser: str
    word: str


_TEXT = Type("text/plain", "text", "text", "text")
_ZIPPED = "zip"
ENDINGS: dict[str, Type] = {
    "pdf": Type("application/pdf", "pdf", "pdf", "PDF"),
    "png": Type("image/png", "png", "picture", "PNG picture"),
    **dict.fromkeys(("jpg", "jpeg"), Type("image/jpeg", "jpeg", "picture", "JPEG picture")),
    "gif": Type("image/gif", "gif", "picture", "GIF picture"),
    "webp": Type("image/webp", "webp", "picture", "WebP picture"),
    **dict.fromkeys(("tif", "tiff"), Type("image/tiff", "tiff", "picture", "TIFF picture")),
    "bmp": Type("image/bmp", "bmp", "picture", "BMP picture"),
    "svg": Type("image/svg+xml", "text", "markup", "SVG drawing"),
    **dict.fromkeys(("html", "htm"), Type("text/html", "text", "markup", "HTML page")),
    "xml": Type("application/xml", "text", "text", "XML"),
    **dict.fromkeys(("txt", "log", "conf", "ini", "toml", "tf", "diff", "patch", "asc", "rst"), _TEXT),
    **dict.fromkeys(("yaml", "yml"), Type("application/yaml", "text", "text", "YAML")),
    **dict.fromkeys(("md", "markdown"), Type("text/markdown", "text", "text", "Markdown")),
    "csv": Type("text/csv", "text", "table", "CSV table"),
    "tsv": Type("text/tab-separated-values", "text", "table", "table"),
    "json": Type("application/json", "text", "tree", "JSON"),
    **dict.fromkeys(("jsonl", "ndjson"), Type("application/x-ndjson", "text", "text", "JSON Lines")),
    "eml": Type("message/rfc822", "text", "text", "e-mail"),
    "ics": Type("text/calendar", "text", "text", "calendar entry"),
    "vtt": Type("text/vtt", "text", "text", "subtitles"),
    **dict.fromkeys(("pem", "crt", "cer"), Type("application/x-pem-file", "text", "text", "PEM file")),
    "xlsx": Type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ZIPPED, "workbook", "Excel workbook"),
    "docx": Type("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _ZIPPED, "document", "Word document"),
    "pptx": Type("application/vnd.openxmlformats-officedocument.presentationml.presentation", _ZIPPED, "document", "presentation"),
    "odt": Type("application/vnd.oasis.opendocument.text", _ZIPPED, "document", "OpenDocument text"),
    "ods": Type("application/vnd.oasis.opendocument.spreadsheet", _ZIPPED, "document", "OpenDocument table"),
    "odp": Type("application/vnd.oasis.opendocument.presentation", _ZIPPED, "document", "OpenDocument presentation"),
    "zip": Type("application/zip", _ZIPPED, "archive", "ZIP archive"),
    **dict.fromkeys(("gz", "tgz"), Type("application/gzip", "gzip", "", "gzip archive")),
    "tar": Type("application/x-tar", "tar", "", "tar archive"),
    "7z": Type("application/x-7z-compressed", "7z", "", "7z archive"),
    "rar": Type("application/vnd.rar", "rar", "", "RAR archive"),
    "xz": Type("application/x-xz", "xz", "", "xz archive"),
    "bz2": Type("application/x-bzip2", "bzip2", "", "bzip2 archive"),
    "mp4": Type("video/mp4", "mp4", "", "video"),
    "mov": Type("video/quicktime", "mp4", "", "video"),
    "webm": Type("video/webm", "matroska", "", "video"),
    **dict.fromkeys(("p7s", "p7m", "tsr", "der"), Type("application/octet-stream", "der", "", "signature")),
}
_OTHER = Type("application/octet-stream", "", "", "file")
_BY_MEDIA = {each.media_type: each for each in ENDINGS.values() if each.family != "der"}

PROGRAMS = frozenset([
    "exe", "dll", "com", "scr", "msi", "msp", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "mjs", "wsf", "wsh", "hta", "lnk",
    "pif", "cpl", "jar", "war", "class", "apk", "ipa", "app", "dmg", "pkg", "deb", "rpm", "so", "dylib", "o", "elf", "bin", "run", "sh",
    "bash", "zsh", "csh", "ksh", "fish", "command", "appimage", "py", "pyc", "pyw", "rb", "pl", "php", "reg", "inf", "sys", "drv", "ocx",
    "chm", "iso", "img", "vhd", "vhdx", "docm", "xlsm", "xltm", "pptm", "ppam", "xlam", "dotm", "xlsb", "xll", "url", "desktop",
    "action", "workflow", "wasm", "swf",
])  # fmt: skip
LEGACY = frozenset(["doc", "xls", "ppt", "msg", "pub", "vsd", "dot", "xlt", "pps"])
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "pdf"), (0, b"\x89PNG\r\n\x1a\n", "png"), (0, b"\xff\xd8\xff", "jpeg"), (0, b"GIF87a", "gif"), (0, b"GIF89a", "gif"),
    (8, b"WEBP", "webp"), (0, b"II*\0", "tiff"), (0, b"MM\0*", "tiff"), (0, b"BM", "bmp"), (0, b"PK\x03\x04", "zip"), (0, b"PK\x05\x06", "zip"),
    (0, b"\x1f\x8b", "gzip"), (257, b"ustar", "tar"), (0, b"7z\xbc\xaf\x27\x1c", "7z"), (0, b"\xfd7zXZ\0", "xz"), (0, b"BZh", "bzip2"),
    (4, b"ftyp", "mp4"), (0, b"\x1aE\xdf\xa3", "matroska"), (0, b"Rar!\x1a\x07", "rar"),
    (0, b"MZ", "program"), (0, b"\x7fELF", "program"), (0, b"\xfe\xed\xfa\xce", "program"), (0, b"\xfe\xed\xfa\xcf", "program"),
    (0, b"\xce\xfa\xed\xfe", "program"), (0, b"\xcf\xfa\xed\xfe", "program"), (0, b"\xca\xfe\xba\xbe", "program"), (0, b"\0asm", "program"),
    (0, b"dex\n", "program"), (0, b"L\0\0\0\x01\x14\x02\0", "program"), (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)  # fmt: skip
_WORDS = {each.family: each.word for each in reversed(ENDINGS.values()) if each.family not in ("text", "zip")} | {
    "zip": "ZIP archive or an office document", "text": "text", "": "unknown binary",
}  # fmt: skip
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def type_of(name: str, head: bytes) -> Type:
    """The type that name and first bytes (up to HEAD) agree on. Raises Unfit for programs, for content that is not what the name says, and
    for nothing at all."""
    if not head:
        raise Unfit("The file is empty. Send the one with content.")
    tail, family = ending(name), family_of(head)
    if tail in PROGRAMS or family == "program" or (head.startswith(b"#!") and tail not in ENDINGS):
        raise Unfit("Programs, scripts and documents with macros are not taken. Send what they print, as a text file or PDF.")
    if tail in LEGACY or family == "ole":
        raise Unfit("Old office formats can carry macros and are not taken. Save the file as PDF, DOCX, XLSX or EML.")
    expected = ENDINGS.get(tail)
    if expected is None:
        if family not in ("", "text"):
            raise Unfit(
                f"The content is a {_WORDS.get(family, family)}, which the name does not say. Rename the file with its right ending."
            )
        return _TEXT if family == "text" else _OTHER
    if expected.family == "der" and family in ("", "text"):
        return expected
    if family != expected.family:
        raise Unfit(
            f"The name says {expected.word}, but the content is {_WORDS.get(family, family)}. Send the file under its right ending, unchanged."
        )
    return expected


def type_of_media(media_type: str) -> Type:
    """The type behind a media type that was recognised when the file came."""
    return _BY_MEDIA.get(media_type, _OTHER)


def family_of(head: bytes) -> str:
    """What the first bytes say: a family, `text`, or nothing for unknown binary."""
    for place, signature, family in _SIGNATURES:
        if head[place : place + len(signature)] == signature and (family != "bmp" or head[6:10] == b"\0\0\0\0"):
            if family == "program" and signature == b"MZ" and _is_text(head):
                continue
            return family
    return "text" if _is_text(head) else ""


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return len(head) > 2
    return _NOT_TEXT.search(head) is None
