"""A key with which a machine reaches one repository (SSH deploy key)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class DeployKey(Fact):
    """`last_used`: the UTC day of its last use, as that day's midnight; None when unknown, "" when the vendor says never."""

    KIND: ClassVar[str] = "deploy_key"
    VERSION: ClassVar[int] = 1

    repository: str
    repository_name: str
    read_only: bool | None = None
    created: str | None = None
    last_used: str | None = None
    added_by: str | None = None
