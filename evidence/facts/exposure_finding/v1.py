"""An open finding that something can be reached from outside the account or organization."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureFinding(Fact):
    """`resource`: what can be reached. `found`: when the vendor first saw it. `form`: the vendor's type of finding."""

    KIND: ClassVar[str] = "exposure_finding"
    VERSION: ClassVar[int] = 1

    resource: str = ""
    resource_type: str = ""
    form: str = ""
    found: str | None = None
