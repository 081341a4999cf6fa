"""A secret kept by a vendor's store (Secrets Manager). Its value is never read."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition
from evidence.facts.tag import Tag


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedSecret(Fact):
    """`rotation`: the store replaces it by schedule. `changed`: when its value last changed, "" for never since creation.
    `owner`: the vendor's service that manages it, "" when the customer does."""

    KIND: ClassVar[str] = "managed_secret"
    VERSION: ClassVar[int] = 1

    rotation: bool | None = None
    rotation_days: int | None = None
    created: str | None = None
    changed: str | None = None
    owner: str = ""
    tags: tuple[Tag, ...] | None = None
