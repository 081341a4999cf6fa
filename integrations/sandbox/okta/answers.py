"""An answer before it goes out: status, JSON or raw body, headers; and Okta's own error answers."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    """`data` is rendered as JSON unless `raw` is given; `raw` may be an iterator for bodies that should not sit in memory."""

    status: int = 200
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | Iterator[bytes] | None = None
    content_type: str = "application/json"

    def body(self) -> bytes | Iterator[bytes]:
        """The bytes to send."""
        if self.raw is not None:
            return self.raw
        if self.status == 204:
            return b""
        return json.dumps(self.data, separators=(",", ":"), ensure_ascii=False).encode()


class Refused(Exception):
    """Ends a request with Okta's error answer: https://developer.okta.com/docs/reference/error-codes/."""

    def __init__(self, status: int, code: str, summary: str, causes: Sequence[str] = (), **headers: str) -> None:
        super().__init__(summary)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = Answer(status, error(code, summary, causes), names)


class TokenRefused(Exception):
    """Ends a request for a token with the error answer of OAuth (RFC 6749 5.2)."""

    def __init__(self, status: int, word: str, description: str) -> None:
        super().__init__(description)
        self.answer = Answer(status, {"error": word, "error_description": description})


def error(code: str, summary: str, causes: Sequence[str] = ()) -> dict[str, Any]:
    """The body of an error. Its id follows from what it says, so that equal runs are equal."""
    number = "oae" + hashlib.sha256(f"{code} {summary}".encode()).hexdigest()[:20]
    return {
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": number,
        "errorCauses": [{"errorSummary": each} for each in causes],
    }


def invalid(name: str, said: str = "") -> Refused:
    """400: a parameter that is unknown or out of range."""
    return Refused(400, "E0000001", f"Api validation failed: {name}", [said or f"{name}: The field is not valid."])


def not_found(what: str, number: str) -> Refused:
    """404 of something that is not there."""
    return Refused(404, "E0000007", f"Not found: Resource not found: {number} ({what})")


def forbidden(**headers: str) -> Refused:
    """403 of whoever lacks the administrator role."""
    return Refused(403, "E0000006", "You do not have permission to perform the requested action", **headers)
