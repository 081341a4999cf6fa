"""An answer before it goes out, and the forms in which BambooHR refuses."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    """`data` is rendered as JSON unless `raw` is given."""

    status: int = 200
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | Iterator[bytes] | None = None
    content_type: str = "application/json"

    def body(self) -> bytes | Iterator[bytes]:
        """The bytes to send."""
        if self.raw is not None:
            return self.raw
        return b"" if self.data is None else json.dumps(self.data, separators=(",", ":"), ensure_ascii=False).encode()


class Refused(Exception):
    """Ends a request with an error answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(str(answer.status))
        self.answer = answer


def refused(status: int, message: str, **headers: str) -> Refused:
    """The older endpoints' form: no body, the message in a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refused(Answer(status, None, {"X-BambooHR-Error-Message": message, **named}))


def bad_request(message: str, code: str = "BadRequest") -> Refused:
    """The list endpoint's form."""
    return Refused(Answer(400, {"error": {"code": code, "message": message}}))


def problem(status: int, title: str, detail: str, code: str = "") -> Refused:
    """RFC 7807, as the datasets endpoints answer."""
    held: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if code:
        held["code"] = code
    return Refused(Answer(status, held, content_type="application/problem+json" if status != 400 else "application/json"))
