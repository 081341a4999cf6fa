"""What a service promises of its processing: specification, service levels, definitions of its data."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingSpecification(Fact):
    """`subject` is the service. `published`: instant of the present edition, "" when it is not published. `edition`: its version. `place`:
    where those who rely on it find it."""

    KIND: ClassVar[str] = "processing_specification"
    VERSION: ClassVar[int] = 1

    published: str | None = None
    edition: str | None = None
    place: str = ""
