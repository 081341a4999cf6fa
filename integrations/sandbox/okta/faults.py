"""A script of what goes wrong: the nth request that fits a pattern gets another answer, or changes the state around itself."""

import copy
import gzip
import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from integrations.sandbox.okta.actions import ACTIONS
from integrations.sandbox.okta.answers import Answer, error
from integrations.sandbox.okta.state import State

HTML = b"<!DOCTYPE html><html><head><title>Okta</title></head><body><p>We are down for maintenance.</p></body></html>"
PLACEHOLDER = "\ue000placeholder\ue000"
CHUNK = 1 << 20

REPLACING = {
    "too_many_requests",
    "concurrent_limit",
    "server_error",
    "status",
    "html",
    "huge",
    "gzip_bomb",
    "unauthorized",
    "forbidden",
    "not_found",
}
CHANGING = {
    "truncated",
    "cut_json",
    "wrong_content_type",
    "slow",
    "set",
    "unknown_enum",
    "null",
    "missing",
    "extra",
    "nul",
    "deep",
    "duplicate_keys",
    "foreign_link",
    "repeat_link",
    "bom",
    "empty_list",
}
KINDS = frozenset(REPLACING | CHANGING | {"action", "drift"} | set(ACTIONS))


@dataclass(kw_only=True)
class Fault:
    """`path` is a shell pattern on the path (`/api/v1/users/*/factors`), `query` parameters that must be equal, `holding` a text that
    the body must hold. It strikes at the `nth` fitting request and the `times - 1` after it (None: for ever). `when`: a change of the
    state happens before or after the answer."""

    kind: str
    path: str = "*"
    method: str = ""
    query: dict[str, str] = field(default_factory=dict)
    holding: str = ""
    nth: int = 1
    times: int | None = 1
    when: str = "before"
    options: dict[str, Any] = field(default_factory=dict)
    action: Callable[[State], object] | None = None
    id: int = 0
    seen: int = 0
    struck: int = 0

    def describe(self) -> dict[str, Any]:
        """For the control address."""
        return {
            "id": self.id,
            "kind": self.kind,
            "path": self.path,
            "method": self.method,
            "query": self.query,
            "holding": self.holding,
            "nth": self.nth,
            "times": self.times,
            "when": self.when,
            "options": {k: str(v) for k, v in self.options.items()},
            "seen": self.seen,
            "struck": self.struck,
        }

    def fits(self, method: str, path: str, query: dict[str, str], body: bytes) -> bool:
        """Whether the request is one of those counted."""
        return (
            (not self.method or self.method == method)
            and fnmatchcase(path, self.path)
            and all(query.get(k) == v for k, v in self.query.items())
            and (not self.holding or self.holding.encode() in body)
        )


class Faults:
    """The script. Thread-safe under the state's lock."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._numbers = itertools.count(1)
        self.script: list[Fault] = []

    def add(
        self,
        kind: str,
        path: str = "*",
        *,
        method: str = "",
        query: dict[str, str] | None = None,
        holding: str = "",
        nth: int = 1,
        times: int | None = 1,
        when: str = "before",
        **options: Any,
    ) -> Fault:
        """Add to the script; `options` belong to the kind (README.md lists them). Raises ValueError for an unknown kind."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(sorted(KINDS))}")
        if when not in ("before", "after"):
            raise ValueError("when is before or after")
        fault = Fault(
            kind=kind, path=path, method=method, query=query or {}, holding=holding, nth=nth, times=times, when=when, options=options
        )
        fault.id = next(self._numbers)
        with self._state.lock:
            self.script.append(fault)
        return fault

    def drift(
        self,
        path: str,
        action: Callable[[State], object],
        *,
        nth: int = 1,
        when: str = "after",
        query: dict[str, str] | None = None,
        holding: str = "",
    ) -> Fault:
        """Page drift: `action(state)` runs once around the nth fitting request, by default after it (between page 1 and 2)."""
        fault = self.add("drift", path, nth=nth, when=when, query=query, holding=holding)
        fault.action = action
        return fault

    def clear(self) -> None:
        """Forget the script."""
        with self._state.lock:
            self.script.clear()

    def striking(self, method: str, path: str, query: dict[str, str], body: bytes) -> list[Fault]:
        """Count the request and give the faults that strike it."""
        hits = []
        for fault in self.script:
            if not fault.fits(method, path, query, body):
                continue
            fault.seen += 1
            if fault.seen >= fault.nth and (fault.times is None or fault.seen < fault.nth + fault.times):
                fault.struck += 1
                hits.append(fault)
        return hits

    def act(self, faults: list[Fault], when: str) -> None:
        """Run the changes of the state that belong before or after the answer."""
        for fault in faults:
            if fault.when != when:
                continue
            if fault.action is not None:
                fault.action(self._state)
            elif fault.kind == "action":
                options = dict(fault.options)
                ACTIONS[options.pop("name")](self._state, **options)
            elif fault.kind in ACTIONS:
                ACTIONS[fault.kind](self._state, **fault.options)

    def replacement(self, faults: list[Fault]) -> Answer | None:
        """The answer that stands instead of the real one, if any."""
        for fault in faults:
            if fault.kind in REPLACING:
                return _replace(fault, self._state)
        return None

    def change(self, faults: list[Fault], answer: Answer) -> Answer:
        """The real answer, spoiled."""
        for fault in faults:
            if fault.kind in CHANGING:
                answer = _change(fault, answer)
        return answer


def _replace(fault: Fault, state: State) -> Answer:
    options = fault.options
    reset = str(int(state.clock.now().timestamp()) + int(options.get("reset_in", 30)))
    if fault.kind in ("too_many_requests", "concurrent_limit"):
        limit = str(options.get("limit", 600)) if fault.kind == "too_many_requests" else "0"
        headers = {"x-rate-limit-limit": limit, "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
        return Answer(429, error("E0000047", "API call exceeded rate limit due to too many requests."), headers)
    if fault.kind in ("server_error", "html"):
        status = int(options.get("status", 502 if fault.kind == "server_error" else 200))
        return Answer(status, raw=HTML, content_type=options.get("content_type", "text/html; charset=utf-8"))
    if fault.kind in ("unauthorized", "forbidden", "not_found"):
        status, code, text = {
            "unauthorized": (401, "E0000011", "Invalid token provided"),
            "forbidden": (403, "E0000006", "You do not have permission to perform the requested action"),
            "not_found": (404, "E0000007", "Not found: Resource not found: x (x)"),
        }[fault.kind]
        return Answer(status, error(code, text))
    if fault.kind == "status":
        return Answer(
            int(options["status"]), options.get("body", error("E0000009", "Internal Server Error")), dict(options.get("headers", {}))
        )
    size = int(options.get("size", 100 * CHUNK))
    if fault.kind == "gzip_bomb":
        return Answer(200, raw=_bomb(size), headers={"Content-Encoding": "gzip"})
    return Answer(200, raw=_padding(size), headers={"Content-Length": str(size)} if options.get("length", True) else {})


def _padding(size: int) -> Iterator[bytes]:
    """One JSON list holding one long string, `size` bytes in all."""
    yield b'["'
    left = size - 4
    block = b"x" * CHUNK
    while left > 0:
        yield block[: min(left, CHUNK)]
        left -= CHUNK
    yield b'"]'


def _bomb(size: int) -> bytes:
    return gzip.compress(b'["' + b"x" * (size - 4) + b'"]', 9)


def _change(fault: Fault, answer: Answer) -> Answer:
    options = fault.options
    body = answer.body()
    assert isinstance(body, bytes)
    if fault.kind == "truncated":
        cut = body[: int(len(body) * float(options.get("keep", 0.5)))]
        return Answer(answer.status, raw=cut, headers={**answer.headers, "Content-Length": str(len(body))})
    if fault.kind == "cut_json":
        return Answer(answer.status, raw=body[: int(len(body) * float(options.get("keep", 0.5)))], headers=answer.headers)
    if fault.kind == "wrong_content_type":
        return Answer(answer.status, raw=body, headers=answer.headers, content_type=options.get("content_type", "text/plain"))
    if fault.kind == "slow":
        return Answer(
            answer.status, raw=_slowly(body, float(options.get("seconds", 2))), headers={**answer.headers, "Content-Length": str(len(body))}
        )
    if fault.kind == "bom":
        return Answer(answer.status, raw=b"\xef\xbb\xbf" + body, headers=answer.headers)
    if fault.kind == "foreign_link":
        host = options.get("host", "attacker.example")
        return Answer(
            answer.status,
            answer.data,
            {**answer.headers, "Link": f'<https://{host}/next?page=2>; rel="next"'},
            answer.raw,
            answer.content_type,
        )
    if fault.kind == "repeat_link":
        return Answer(
            answer.status, answer.data, {**answer.headers, "Link": f'<{options["url"]}>; rel="next"'}, answer.raw, answer.content_type
        )
    if fault.kind == "empty_list":
        return Answer(answer.status, [], {})
    return Answer(answer.status, raw=_spoil(fault, copy.deepcopy(answer.data)), headers=answer.headers)


def _spoil(fault: Fault, data: Any) -> bytes:
    """Change the JSON at `at` (a dotted path; numbers index lists, * means every element)."""
    options, at, raw = fault.options, fault.options["at"], ""
    if fault.kind in ("set", "unknown_enum", "null"):
        value = None if fault.kind == "null" else options.get("value", "sandbox_unheard_of")
        _at(data, at, lambda holder, key: holder.__setitem__(key, value))
    elif fault.kind == "missing":
        _at(data, at, lambda holder, key: holder.__delitem__(key))
    elif fault.kind == "extra":
        _at(data, at, lambda holder, key: holder[key].__setitem__(options.get("key", "sandbox_extra"), options.get("value", {"new": True})))
    elif fault.kind == "nul":
        _at(data, at, lambda holder, key: holder.__setitem__(key, f"{holder[key]}\x00{options.get('suffix', 'after')}"))
    elif fault.kind == "deep":
        depth = int(options.get("depth", 10_000))
        raw = "[" * depth + "]" * depth
        _at(data, at, lambda holder, key: holder.__setitem__(key, PLACEHOLDER))
    elif fault.kind == "duplicate_keys":
        held: list[Any] = []
        _at(data, at, lambda holder, key: (held.append(holder[key]), holder.__setitem__(key, PLACEHOLDER)))
        first = json.dumps(options.get("value", "first"), ensure_ascii=False)
        raw = "{" + f"{json.dumps(options['key'])}:{first}," + json.dumps(held[0], ensure_ascii=False)[1:]
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text.replace(json.dumps(PLACEHOLDER, ensure_ascii=False), raw).encode()


def _at(data: Any, path: str, change: Callable[[Any, Any], object]) -> None:
    head, _, rest = path.partition(".")
    keys: list[Any] = list(range(len(data))) if head == "*" else [int(head) if isinstance(data, list) else head]
    for key in keys:
        if rest:
            _at(data[key], rest, change)
        else:
            change(data, key)


def _slowly(body: bytes, seconds: float) -> Iterator[bytes]:
    pieces = 10
    for index in range(pieces):
        time.sleep(seconds / pieces)
        yield body[len(body) * index // pieces : len(body) * (index + 1) // pieces]
