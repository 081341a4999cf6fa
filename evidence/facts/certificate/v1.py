"""A TLS certificate that the vendor manages or keeps."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Fact):
    """`in_use`: some service presents it. `expires`: its NotAfter. `origin`: AMAZON_ISSUED, IMPORTED or PRIVATE."""

    KIND: ClassVar[str] = "certificate"
    VERSION: ClassVar[int] = 1

    domain: str = ""
    origin: str = ""
    status: str = ""
    in_use: bool | None = None
    expires: str | None = None
