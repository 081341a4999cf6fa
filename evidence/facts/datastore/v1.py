"""A warehouse, cache, search cluster or file system run by a vendor."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition
from evidence.facts.tag import Tag


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Datastore(Fact):
    """`form`: warehouse, cache, search or files; `engine`: redshift, redis, valkey, memcached, opensearch, efs.
    `encrypted_in_transit` None: not observed, or the vendor has no such switch for the form."""

    KIND: ClassVar[str] = "datastore"
    VERSION: ClassVar[int] = 1

    form: str
    engine: str = ""
    encrypted_at_rest: bool | None = None
    encrypted_in_transit: bool | None = None
    tags: tuple[Tag, ...] | None = None
