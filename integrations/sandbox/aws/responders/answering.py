"""What a responder is given and may do: answer with a mapping in the operation's output shape, or refuse."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from integrations.sandbox.aws.clock import Clock
from integrations.sandbox.aws.extras import Extras, RegionExtras
from integrations.sandbox.aws.operations import Call


class Refused(Exception):
    """The operation answers with an error: AWS code, message, HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One call with everything its responder may look at."""

    call: Call
    account: str
    extras: Extras
    clock: Clock
    report_max_age: timedelta

    @property
    def region(self) -> RegionExtras:
        """The extras of the region that was called."""
        return self.extras.region(self.call.region)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The request's parameters."""
        return self.call.parameters


Responder = Callable[[Desk], Mapping[str, Any]]


def chosen(entries: Sequence[Mapping[str, Any]], key: str, wanted: Sequence[str] | None) -> list[dict[str, Any]]:
    """The entries whose `key` is among `wanted`; all of them where nothing is wanted in particular."""
    return [dict(entry) for entry in entries if not wanted or entry.get(key) in wanted]
