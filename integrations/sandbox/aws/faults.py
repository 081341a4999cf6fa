"""The fault script: which answers go wrong, when, and how. `KINDS` names every fault and what the client then sees."""

import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.aws import wire
from integrations.sandbox.aws.operations import Call, matches_any
from integrations.sandbox.aws.wire import Answer

KINDS: Mapping[str, str] = {
    "throttle": "the service's own throttling error (400; 503 for EC2 and S3)",
    "too_many": "HTTP 429 with Retry-After",
    "unavailable": "HTTP 503 ServiceUnavailable",
    "internal": "HTTP 500 InternalFailure",
    "denied": "403, the credential lacks the permission",
    "expired": "403, the temporary credential's time is over",
    "revoked": "403, the credential is unknown",
    "truncated": "the body stops in the middle of the document",
    "disconnected": "the connection closes before the announced length",
    "empty": "HTTP 200 with no body",
    "html": "HTTP 200 with a web page instead of data",
    "slow": "the right body, `seconds` late",
    "huge": "a well-formed page of `size` bytes (100 MB unless told)",
    "deep": "a document nested 10,000 deep",
    "duplicate_keys": "every top-level key or element twice",
    "nul": "a NUL character inside names",
    "markup": "HTML and script inside names",
    "wrong_types": "text where the model has lists and numbers",
}
NEEDS_REAL_ANSWER = frozenset({"truncated", "disconnected", "slow", "duplicate_keys", "nul", "markup", "wrong_types"})
DEPTH = 10_000
HUGE = 100 * 1024 * 1024
_JSON_NAME = re.compile(rb'("(?:\w*[Nn]ame)":\s*")(?=[^"])')
_XML_NAME = re.compile(rb"(<(\w*[Nn]ame)>)(?=[^<])")


class UnknownFault(ValueError):
    """A fault of no known kind, or with values out of range, was asked for."""


@dataclass(kw_only=True)
class Fault:
    """One line of the script: on the `nth` matching call (counted from 1 since it was added; None is every call) and for
    `times` calls from there. `resource` narrows it to requests whose parameters mention that text."""

    number: int
    operation: str
    kind: str
    nth: int | None = None
    times: int = 1
    region: str = ""
    resource: str = ""
    seconds: float = 1.0
    size: int = HUGE
    seen: int = 0
    fired: int = 0

    def described(self) -> dict[str, Any]:
        """For the HTTP view."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass
class Faults:
    """The script of one sandbox. Safe to change while requests run."""

    _lines: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def add(
        self,
        operation: str,
        kind: str,
        *,
        nth: int | None = None,
        times: int = 1,
        region: str = "",
        resource: str = "",
        seconds: float = 1.0,
        size: int = HUGE,
    ) -> int:
        """Add a line and return its number. `operation` is `service:Operation`, `service:*` or `*`. Raises UnknownFault."""
        if kind not in KINDS:
            raise UnknownFault(f"there is no fault {kind!r}; there are {', '.join(KINDS)}")
        if (nth is not None and nth < 1) or times < 1 or not 0 <= seconds <= 600 or not 0 < size <= 1024**3:
            raise UnknownFault("nth and times count from 1, seconds go up to 600, size up to 1 GB")
        line = Fault(
            number=next(self._numbers),
            operation=operation,
            kind=kind,
            nth=nth,
            times=times,
            region=region,
            resource=resource,
            seconds=seconds,
            size=size,
        )
        with self._lock:
            self._lines.append(line)
        return line.number

    def remove(self, number: int) -> bool:
        """Take a line out; False where there is none of that number."""
        with self._lock:
            kept = [line for line in self._lines if line.number != number]
            found = len(kept) < len(self._lines)
            self._lines[:] = kept
        return found

    def clear(self) -> None:
        """Take all lines out."""
        with self._lock:
            self._lines.clear()

    def listed(self) -> list[dict[str, Any]]:
        """All lines with how often each matched and fired."""
        with self._lock:
            return [line.described() for line in self._lines]

    def due(self, call: Call) -> Fault | None:
        """The fault that this call meets, if any; counts the call on every line that it matches."""
        if not call.name:
            return None
        hit: Fault | None = None
        with self._lock:
            for line in self._lines:
                if not self._concerns(line, call):
                    continue
                line.seen += 1
                if hit is None and (line.nth is None or line.nth <= line.seen < line.nth + line.times):
                    line.fired += 1
                    hit = line
        return hit

    @staticmethod
    def _concerns(line: Fault, call: Call) -> bool:
        if line.operation != "*" and not matches_any(call.name, (line.operation,)):
            return False
        if line.region and line.region != call.region:
            return False
        where = f"{call.environ.get('RAW_URI') or call.environ.get('PATH_INFO', '')}?{call.environ.get('QUERY_STRING', '')}"
        return not line.resource or line.resource in where or line.resource.encode() in call.body


@dataclass(kw_only=True)
class Faulty:
    """An answer that a fault made. `chunks` replace the body where it is too large to hold; `announced` is a false length."""

    answer: Answer
    chunks: Callable[[], Iterator[bytes]] | None = None
    announced: int | None = None


def apply(fault: Fault, call: Call, real: Callable[[], Answer]) -> Faulty:
    """The answer of `call` under `fault`; `real()` is asked only where the fault spoils a true answer."""
    if fault.kind in NEEDS_REAL_ANSWER:
        return _spoiled(fault, real())
    return _invented(fault, call)


def _invented(fault: Fault, call: Call) -> Faulty:
    kind = fault.kind
    refusals = {
        "throttle": _throttling(call),
        "too_many": ("TooManyRequestsException", "Rate exceeded", 429),
        "unavailable": ("ServiceUnavailable", "Service is unable to handle request.", 503),
        "internal": ("InternalFailure", "The request processing has failed because of an unknown error.", 500),
        "denied": denial(call),
        "expired": _expiry(call),
        "revoked": _revocation(call),
    }
    if kind in refusals:
        answer = wire.error(call, *refusals[kind])
        if kind == "too_many":
            answer.headers["Retry-After"] = "7"
        return Faulty(answer=answer)
    if kind == "html":
        page = b"<!DOCTYPE html><html><head><title>Scheduled maintenance</title></head><body>We will be back soon.</body></html>"
        return Faulty(answer=Answer(headers={"Content-Type": "text/html"}, body=page))
    if kind == "empty":
        return Faulty(answer=Answer(headers={"Content-Type": "text/plain"}))
    sample = wire.reencode(call, {})
    if kind == "deep":
        return Faulty(answer=Answer(headers=sample.headers, body=_nested(sample.is_xml)))
    return _large(fault.size, sample)


def _nested(xml: bool) -> bytes:
    if xml:
        return b"<a>" * DEPTH + b"</a>" * DEPTH
    return b'{"a":' + b"[" * DEPTH + b"]" * DEPTH + b"}"


def _large(size: int, sample: Answer) -> Faulty:
    head, tail = (b"<page>", b"</page>") if sample.is_xml else (b'{"padding":"', b'"}')
    filler = b"x" * (1024 * 1024)

    def chunks() -> Iterator[bytes]:
        left = size - len(head) - len(tail)
        yield head
        while left > 0:
            yield filler[:left]
            left -= len(filler)
        yield tail

    return Faulty(answer=Answer(headers=sample.headers), chunks=chunks, announced=size)


def _spoiled(fault: Fault, answer: Answer) -> Faulty:
    body, kind = answer.body, fault.kind
    if kind == "slow":
        time.sleep(fault.seconds)
        return Faulty(answer=answer)
    if kind == "disconnected":
        return Faulty(answer=Answer(status=answer.status, headers=answer.headers, body=body[: len(body) // 2]), announced=len(body))
    spoil = {
        "truncated": lambda: body[: max(len(body) // 2, 1)],
        "duplicate_keys": lambda: _doubled(answer),
        "nul": lambda: _in_names(answer, b"\x00", b"\\u0000"),
        "markup": lambda: _in_names(answer, b"&lt;script&gt;alert(1)&lt;/script&gt;", b"<script>alert(1)</script>"),
        "wrong_types": lambda: _retyped(answer),
    }[kind]
    return Faulty(answer=Answer(status=answer.status, headers=answer.headers, body=spoil()))


def _doubled(answer: Answer) -> bytes:
    body = answer.body.strip()
    if answer.is_xml:
        root = re.search(rb"<[^?!][^>]*[^/]>", body)
        start, end = (root.end() if root else 0), body.rfind(b"</")
        return body[:start] + body[start:end] * 2 + body[end:]
    inner = body[1:-1].strip()
    return b"{" + inner + (b"," if inner else b"") + inner + b"}"


def _in_names(answer: Answer, xml: bytes, text: bytes) -> bytes:
    if answer.is_xml:
        return _XML_NAME.sub(lambda found: found.group(1) + xml, answer.body)
    return _JSON_NAME.sub(lambda found: found.group(1) + text, answer.body)


def _retyped(answer: Answer) -> bytes:
    if answer.is_xml:
        return re.sub(rb">(\d+|true|false)<", rb">surprise<", answer.body)
    return re.sub(rb'(?<="):\s*(\[|\d+(?:\.\d+)?\b|true\b|false\b)', _surprise, answer.body)


def _surprise(found: re.Match[bytes]) -> bytes:
    return b': "surprise", "list":[' if found.group(1) == b"[" else b': "surprise"'


def _throttling(call: Call) -> tuple[str, str, int]:
    if call.service == "ec2":
        return "RequestLimitExceeded", "Request limit exceeded.", 503
    if call.service in ("s3", "s3control"):
        return "SlowDown", "Please reduce your request rate.", 503
    if wire.protocol(call.model.service_model) == "query":
        return "Throttling", "Rate exceeded", 400
    return "ThrottlingException", "Rate exceeded", 400


def denial(call: Call) -> tuple[str, str, int]:
    """Code, message and status with which this service refuses a call for want of a permission."""
    message = f"User is not authorized to perform: {call.name}"
    if call.service == "ec2":
        return "UnauthorizedOperation", "You are not authorized to perform this operation.", 403
    if call.service in ("s3", "s3control") or wire.protocol(call.model.service_model) == "query":
        return "AccessDenied", message, 403
    return "AccessDeniedException", message, 400 if wire.protocol(call.model.service_model) == "json" else 403


def _expiry(call: Call) -> tuple[str, str, int]:
    if call.service == "ec2":
        return "RequestExpired", "Request has expired.", 400
    json_spoken = wire.protocol(call.model.service_model) in ("json", "rest-json")
    code = "ExpiredTokenException" if json_spoken else "ExpiredToken"
    return code, "The security token included in the request is expired", 403


def _revocation(call: Call) -> tuple[str, str, int]:
    if call.service == "ec2":
        return "AuthFailure", "AWS was not able to validate the provided access credentials", 401
    if call.service in ("s3", "s3control"):
        return "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403
    json_spoken = wire.protocol(call.model.service_model) in ("json", "rest-json")
    code = "UnrecognizedClientException" if json_spoken else "InvalidClientTokenId"
    return code, "The security token included in the request is invalid.", 403
