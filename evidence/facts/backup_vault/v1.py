"""A place where backups are kept."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class BackupVault(Fact):
    """`locked`: nobody can delete backups before their time. `policy`: its access policy as JSON text, "" for none, None when unknown."""

    KIND: ClassVar[str] = "backup_vault"
    VERSION: ClassVar[int] = 1

    locked: bool | None = None
    minimum_days: int | None = None
    maximum_days: int | None = None
    key: str | None = None
    policy: str | None = None
