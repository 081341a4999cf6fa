"""A merged change with the person who merged it and that person's employment."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Employment(Part):
    """From the begin of the first day to the end of the last one, as instants; `ends` "" while no end is set, None when unknown."""

    starts: str | None
    ends: str | None


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class MergeActor(Fact):
    """`subject` is the change's. `holder` as in `account_holder`, of the account that merged."""

    KIND: ClassVar[str] = "merge_actor"
    VERSION: ClassVar[int] = 1

    repository: str
    merged: str
    login: str = ""
    holder: str = "unknown"
    person: str = ""
    person_name: str = ""
    employments: tuple[Employment, ...] = ()
    read: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
