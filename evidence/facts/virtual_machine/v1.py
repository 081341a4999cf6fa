"""A virtual machine (an EC2 instance that is not terminated)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition
from evidence.facts.tag import Tag


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualMachine(Fact):
    """`metadata_tokens`: the machine's metadata service answers only requests with a session token: required or optional;
    `metadata_enabled`: it answers at all."""

    KIND: ClassVar[str] = "virtual_machine"
    VERSION: ClassVar[int] = 1

    state: str = ""
    image: str = ""
    platform: str = ""
    network: str = ""
    launched: str | None = None
    metadata_enabled: bool | None = None
    metadata_tokens: str | None = None
    tags: tuple[Tag, ...] | None = None
