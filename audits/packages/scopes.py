"""What a package is about."""

from dataclasses import dataclass
from datetime import datetime

KINDS = ("control", "population", "everything")


class UnknownScope(LookupError):
    """There is no such control or population."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageScope:
    """`kind` is control, population or everything; `ref` the control's code or the population's id. Over [start, until). `role` is the
    reader's: what is restricted to other roles is left out, and counted. `raw`: whether raw pages may be in it."""

    kind: str
    ref: str = ""
    start: datetime
    until: datetime
    role: str
    raw: bool = False

    @property
    def title(self) -> str:
        """In words."""
        return "everything" if self.kind == "everything" else f"{self.kind} {self.ref}"
