"""What a verification finds, and how a stage reports how far it is."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

What = Literal["altered", "missing", "extra"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was. `where` names byte, row or link, `detail` says how it differs, `remedy` what to do."""

    what: What
    where: str
    detail: str
    remedy: str

    def as_json(self) -> dict[str, str]:
        """As it is kept."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.what}: {self.where}: {self.detail} {self.remedy}"


@dataclass(frozen=True, slots=True)
class Looked:
    """A step of a stage: `number` things were looked at; going on from `place` looks at those that follow."""

    place: dict[str, Any]
    number: int
    findings: list[Finding] = field(default_factory=list)


RESTORE = "Restore it from a backup made before the alteration (docs/operator, backup), then verify again; find out who had that access."
RESTORE_BYTES = "Restore the object of that name in the blob store from a backup, or from an older version where the store keeps versions."
"""Remedies that several stages give."""
