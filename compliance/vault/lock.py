"""Object Lock as the address of a store asks for it, and as an object has it. Plain Python: settings are checked with it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

MODES = {"governance": "GOVERNANCE", "compliance": "COMPLIANCE"}
LONGEST_RETENTION = 36_500


class WrongLock(ValueError):
    """The query of BLOB_STORE_URL says something that is not understood."""


@dataclass(frozen=True, slots=True)
class Lock:
    """What holds an object: mode (`GOVERNANCE`, `COMPLIANCE` or empty), until when, and whether a legal hold is on."""

    mode: str
    until: datetime | None
    held: bool

    def binds(self, now: datetime) -> bool:
        """Whether the object may not be removed yet."""
        return self.held or (self.until is not None and self.until > now)


@dataclass(frozen=True, slots=True)
class LockRule:
    """The retention that each new object gets; `days` is 0 where the address asks for none."""

    mode: str = ""
    days: int = 0

    @classmethod
    def from_query(cls, query: str) -> "LockRule":
        """Read `lock` and `retain_days`. Raises WrongLock, whose message says what to set."""
        given = dict(parse_qsl(query, keep_blank_values=True))
        if unknown := given.keys() - {"lock", "retain_days"}:
            raise WrongLock(f"BLOB_STORE_URL has the unknown option {sorted(unknown)[0]!r}: set lock and retain_days, or none.")
        if not given:
            return cls()
        mode, days = MODES.get(given.get("lock", "")), given.get("retain_days", "")
        if mode is None:
            raise WrongLock("BLOB_STORE_URL has a wrong lock: set lock=governance or lock=compliance, or leave lock and retain_days out.")
        if not (days.isascii() and days.isdigit()) or not 1 <= int(days) <= LONGEST_RETENTION:
            raise WrongLock(f"BLOB_STORE_URL has a wrong retain_days: set a number from 1 to {LONGEST_RETENTION:,} (2555 are seven years).")
        return cls(mode, int(days))
