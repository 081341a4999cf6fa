"""That a record of the personnel system was made, changed or deleted, as the system's own feed of changes says."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange(Fact):
    """`person` is the subject of the `person` fact. `action`: inserted, updated or deleted. `at`: when the record last changed; changes of
    one record between two readings are one. What changed is told by the records of the `person` facts."""

    KIND: ClassVar[str] = "person_change"
    VERSION: ClassVar[int] = 1

    person: str
    action: str | None = None
    at: str | None = None
