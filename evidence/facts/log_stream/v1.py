"""A stream that sends the identity provider's log to where it is kept."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class LogStream(Fact):
    """`stream_type` as the provider names it (`aws_eventbridge`)."""

    KIND: ClassVar[str] = "log_stream"
    VERSION: ClassVar[int] = 1

    stream_type: str | None = None
    active: bool | None = None
    created: str | None = None
