"""An answer before it goes out: status, JSON or raw body, headers; and GitHub's own error answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass
class Answer:
    """`data` is rendered as JSON unless `raw` is given; `raw` may be an iterator for bodies that should not sit in memory."""

    status: int = 200
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | Iterator[bytes] | None = None
    content_type: str = "application/json; charset=utf-8"
    counted: bool = True  # whether it costs quota

    def body(self) -> bytes | Iterator[bytes]:
        """The bytes to send."""
        if self.raw is not None:
            return self.raw
        if self.status in (204, 304):
            return b""
        return json.dumps(self.data, separators=(",", ":"), ensure_ascii=False).encode()


class Refused(Exception):
    """Ends a request with an error answer."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = Answer(status, {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}, names)


def not_found() -> Refused:
    """404, which GitHub uses both for absent and for hidden."""
    return Refused(404, "Not Found")
