"""A resource that holds data and can be backed up by the vendor's backup service."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition
from evidence.facts.tag import Tag


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class DataResource(Fact):
    """`form`: the vendor's type (`rds:db`, `dynamodb:table`). `account`: number of the account that it was found in. `protected`: the
    backup service has taken a backup of it; `last_backup`: the UTC day of the last one, as that day's midnight, "" for never."""

    KIND: ClassVar[str] = "data_resource"
    VERSION: ClassVar[int] = 1

    form: str
    account: str = ""
    protected: bool | None = None
    last_backup: str | None = None
    tags: tuple[Tag, ...] | None = None
