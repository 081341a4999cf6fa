"""One line of the doctor's answer."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: `fail` must be mended before others rely on the instance, `warn` is a choice worth knowing."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was seen, and what to do about it (empty where nothing is to be done)."""

    level: Level
    subject: str
    seen: str
    fix: str = ""


def ok(subject: str, seen: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, subject, seen)


def warn(subject: str, seen: str, fix: str) -> Finding:
    """Works, with a drawback."""
    return Finding(Level.WARN, subject, seen, fix)


def fail(subject: str, seen: str, fix: str) -> Finding:
    """Must be mended."""
    return Finding(Level.FAIL, subject, seen, fix)
