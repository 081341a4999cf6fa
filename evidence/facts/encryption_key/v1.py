"""An encryption key that the customer manages (KMS key)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionKey(Fact):
    """`state`, `spec`, `usage`, `origin`: in the vendor's words. `rotation`: yearly (or `rotation_days`) replacement of the material;
    None when unknown or not offered for such a key."""

    KIND: ClassVar[str] = "encryption_key"
    VERSION: ClassVar[int] = 1

    state: str = ""
    spec: str = ""
    usage: str = ""
    origin: str = ""
    created: str | None = None
    rotation: bool | None = None
    rotation_days: int | None = None
