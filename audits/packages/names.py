"""File names that mean the same on every file system."""

import re
import unicodedata

LONGEST = 80  # letters of one part; a whole path stays well below what Windows allows
_BAD = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def safe_part(text: str, otherwise: str = "file") -> str:
    """One part of a path: letters, digits, dot, dash, underscore; no name that Windows reserves; its ending is kept when it is cut."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = _BAD.sub("-", plain).strip("-. ") or otherwise
    if len(name) > LONGEST:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: LONGEST - len(ending) - 1]}.{ending}" if dot and len(ending) <= 10 else name[:LONGEST]
        name = name.strip("-. ")
    return f"_{name}" if _RESERVED.fullmatch(name) else name


class Names:
    """Paths of one package; two that differ only in case get different numbers, because some file systems would take them for one."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, *parts: str) -> str:
        """The path of these parts, made safe and not taken yet."""
        folder = [safe_part(each) for each in parts[:-1]]
        name = safe_part(parts[-1])
        stem, dot, ending = name.rpartition(".")
        number, path = 1, "/".join([*folder, name])
        while path.lower() in self._taken:
            number += 1
            numbered = f"{stem}-{number}.{ending}" if dot and stem else f"{name}-{number}"
            path = "/".join([*folder, numbered])
        self._taken.add(path.lower())
        return path
