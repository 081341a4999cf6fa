"""On which days a connected account was read whole."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRecord(Fact):
    """Subject is the source. Days are `YYYY-MM-DD` in the organization's zone. `since`: the first day that counts; `last_day`: the latest on
    which every stream was observed, "" when none; `missing_days`: days before it on which one was not; `next_by`: the instant by which the
    day after `last_day` must have been read; `never_read`: kinds that were never read whole."""

    KIND: ClassVar[str] = "collection_record"
    VERSION: ClassVar[int] = 1

    vendor: str
    since: str
    last_day: str = ""
    missing_days: tuple[str, ...] = ()
    next_by: str | None = None
    never_read: tuple[str, ...] = ()
