"""Whether the last reading of a stream followed every page and received what the vendor counts."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReading(Fact):
    """Subject is the stream. `whole`: it was read to its end; `trouble`: what kept it from that; `cut`: the vendor or we cut the result short;
    `short`: fewer or more rows came than the vendor counts (None: the vendor gives no count); `open_lists`: operations whose ledger ends
    with a page that announces another one (None: the ledger of that run is gone)."""

    KIND: ClassVar[str] = "stream_reading"
    VERSION: ClassVar[int] = 1

    vendor: str
    of_kind: str
    whole: bool | None = None
    trouble: str = ""
    cut: bool | None = None
    short: bool | None = None
    open_lists: tuple[str, ...] | None = None
