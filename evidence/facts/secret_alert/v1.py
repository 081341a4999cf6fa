"""A secret that was found in a repository (secret scanning alert). The secret itself is never kept."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class SecretAlert(Fact):
    """`state`: open or resolved. `type`: what sort of secret, in the vendor's words."""

    KIND: ClassVar[str] = "secret_alert"
    VERSION: ClassVar[int] = 1

    repository: str
    repository_name: str
    type: str = ""
    state: str | None = None
    created: str | None = None
    publicly_leaked: bool | None = None
