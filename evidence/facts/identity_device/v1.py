"""A device that the identity provider knows."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDevice(Fact):
    """`platform` and `status` in lower case. `encrypted`: the whole storage is; None when the device does not say. `users`: subjects of
    `identity`, in order."""

    KIND: ClassVar[str] = "identity_device"
    VERSION: ClassVar[int] = 1

    platform: str | None = None
    os_version: str | None = None
    status: str | None = None
    registered: bool | None = None
    managed: bool | None = None
    encrypted: bool | None = None
    secure_hardware: bool | None = None
    users: tuple[str, ...] | None = None
