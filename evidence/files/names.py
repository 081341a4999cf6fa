"""Names of files that are safe on every file system, in every header and inside every archive."""

import re
import unicodedata
from pathlib import PurePosixPath

from evidence.files.refusals import Unfit

LONGEST = 200  # characters
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)  # Windows devices
_FORBIDDEN = set('/\\:*?"<>|')


def checked_name(name: str) -> str:
    """The name in Unicode form NFC. Raises Unfit for one with folders, control or direction-changing characters, or none at all: it is
    not repaired, since a repaired name is not the one that the sender knows."""
    name = unicodedata.normalize("NFC", name).strip()
    if not name or set(name) <= {".", " "}:
        raise Unfit("The file has no name. Give it one with an ending, such as “review.pdf”.")
    if "/" in name or "\\" in name or ".." in PurePosixPath(name).parts:
        raise Unfit("The name holds folders. Send the file under its own name, without “/”, “\\” or “..”.")
    if any(unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for each in name):
        raise Unfit("The name holds invisible characters, which can make one type look like another. Rename the file.")
    if bad := sorted(_FORBIDDEN & set(name)):
        raise Unfit(f"The name holds {' '.join(bad)}, which some file systems refuse. Rename the file.")
    if _RESERVED.fullmatch(name) or name.endswith("."):
        raise Unfit("Some file systems cannot keep this name. Rename the file.")
    if len(name) > LONGEST or len(name.encode()) > 240:
        raise Unfit(f"The name is longer than {LONGEST} characters. Shorten it.")
    return name


def ending(name: str) -> str:
    """The ending in lower case, without the dot; empty where there is none."""
    head, dot, tail = name.rpartition(".")
    return tail.lower() if dot and head else ""
