"""The fault script: what shall go wrong, at which request, how often.

Kinds: `too_many_requests` (429), `unavailable` (503 with Retry-After, BambooHR's older form of a limit), `server_error`, `html`,
`unauthorized`, `forbidden`, `not_found`, `status` (any), `truncated`, `cut_json`, `wrong_content_type`, `bom`, `huge`, `slow`, `set`, `null`,
`missing`, `extra`, `nul`, `deep`, `duplicate_keys`, `foreign_next`, `empty_list`, and `drift` (an own change of the state around a request).
"""

import copy
import fnmatch
import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.bamboohr.answers import Answer
from integrations.sandbox.bamboohr.state import State

HTML = b"<!DOCTYPE html><html><head><title>BambooHR</title></head><body>We are sharpening the saw. Back soon.</body></html>"
CHUNK = 64 * 1024
PLACEHOLDER = "\u0001sandbox\u0001"
REPLACING = frozenset(
    ["too_many_requests", "unavailable", "server_error", "html", "unauthorized", "forbidden", "not_found", "status", "huge"]
)
CHANGING = frozenset(
    [
        "truncated",
        "cut_json",
        "wrong_content_type",
        "bom",
        "slow",
        "set",
        "null",
        "missing",
        "extra",
        "nul",
        "deep",
        "duplicate_keys",
        "foreign_next",
        "empty_list",
    ]
)


@dataclass
class Fault:
    """One entry. `path` is a pattern; `nth` the first request it strikes, `times` how many (None: all from there on)."""

    kind: str
    path: str
    method: str = ""
    nth: int = 1
    times: int | None = 1
    when: str = "before"
    holding: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    action: Callable[[State], object] | None = None
    id: int = 0
    seen: int = 0
    struck: int = 0

    def fits(self, method: str, path: str, text: str) -> bool:
        """Whether a request is one of those meant; `holding` is looked for in its query and body."""
        return (not self.method or self.method == method) and fnmatch.fnmatchcase(path, self.path) and self.holding in text

    def describe(self) -> dict[str, Any]:
        """For the control address."""
        return {"id": self.id, "kind": self.kind, "path": self.path, "nth": self.nth, "times": self.times, "struck": self.struck}


class Faults:
    """The script."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._numbers = itertools.count(1)
        self.script: list[Fault] = []

    def add(self, kind: str, path: str = "*", *, method: str = "", nth: int = 1, times: int | None = 1, holding: str = "", **options: Any) -> Fault:  # fmt: skip
        """Add to the script. Raises ValueError for an unknown kind."""
        if kind not in REPLACING | CHANGING | {"drift"}:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(sorted(REPLACING | CHANGING))}")
        fault = Fault(kind, path, method, nth, times, holding=holding, options=options, id=next(self._numbers))
        with self._state.lock:
            self.script.append(fault)
        return fault

    def drift(self, path: str, action: Callable[[State], object], *, nth: int = 1, when: str = "after") -> Fault:
        """`action(state)` runs once around the nth fitting request."""
        fault = self.add("drift", path, nth=nth)
        fault.action, fault.when = action, when
        return fault

    def clear(self) -> None:
        """Forget the script."""
        with self._state.lock:
            self.script.clear()

    def striking(self, method: str, path: str, text: str) -> list[Fault]:
        """Count the request and give the faults that strike it."""
        hits = []
        for fault in self.script:
            if not fault.fits(method, path, text):
                continue
            fault.seen += 1
            if fault.seen >= fault.nth and (fault.times is None or fault.seen < fault.nth + fault.times):
                fault.struck += 1
                hits.append(fault)
        return hits

    def act(self, hits: list[Fault], when: str) -> None:
        """Run the changes that belong before or after the answer."""
        for fault in hits:
            if fault.action is not None and fault.when == when:
                fault.action(self._state)

    def replacement(self, hits: list[Fault]) -> Answer | None:
        """The answer that stands instead of the real one."""
        return next((_replace(each) for each in hits if each.kind in REPLACING), None)

    def change(self, hits: list[Fault], answer: Answer) -> Answer:
        """The real answer, spoiled."""
        for fault in hits:
            if fault.kind in CHANGING:
                answer = _change(fault, answer)
        return answer


def _replace(fault: Fault) -> Answer:
    options = fault.options
    said = {"X-BambooHR-Error-Message": str(options.get("message", "scripted"))}
    if fault.kind in ("too_many_requests", "unavailable"):
        status = 429 if fault.kind == "too_many_requests" else 503
        return Answer(status, None, {**said, "Retry-After": str(options.get("retry_after", 60))})
    if fault.kind in ("server_error", "html"):
        status = int(options.get("status", 502 if fault.kind == "server_error" else 200))
        return Answer(status, raw=HTML, content_type="text/html; charset=utf-8")
    if fault.kind == "status":
        return Answer(int(options["status"]), options.get("body"), {**said, **options.get("headers", {})})
    if fault.kind == "huge":
        return Answer(200, raw=_padding(int(options.get("size", 40 * 1024 * 1024))))
    return Answer({"unauthorized": 401, "forbidden": 403, "not_found": 404}[fault.kind], None, said)


def _padding(size: int) -> Iterator[bytes]:
    yield b'["'
    for _block in range(size // CHUNK):
        yield b"x" * CHUNK
    yield b'"]'


def _change(fault: Fault, answer: Answer) -> Answer:
    options, body = fault.options, answer.body()
    assert isinstance(body, bytes)
    part = body[: int(len(body) * float(options.get("keep", 0.5)))]
    if fault.kind == "truncated":
        return Answer(answer.status, raw=part, headers={**answer.headers, "Content-Length": str(len(body))})
    if fault.kind == "cut_json":
        return Answer(answer.status, raw=part, headers=answer.headers)
    if fault.kind == "wrong_content_type":
        return Answer(answer.status, raw=body, headers=answer.headers, content_type=options.get("content_type", "text/plain"))
    if fault.kind == "bom":
        return Answer(answer.status, raw=b"\xef\xbb\xbf" + body, headers=answer.headers)
    if fault.kind == "slow":
        time.sleep(float(options.get("seconds", 1)))
        return answer
    if fault.kind == "empty_list":
        return Answer(answer.status, [], answer.headers)
    data = copy.deepcopy(answer.data) if answer.raw is None else json.loads(body)  # spoiled by another entry before
    if fault.kind == "foreign_next":
        data["_links"]["next"] = {"href": f"https://{options.get('host', 'attacker.example')}/api/v1/employees"}
        return Answer(answer.status, data, answer.headers)
    return Answer(answer.status, raw=_spoil(fault, data), headers=answer.headers)


def _spoil(fault: Fault, data: Any) -> bytes:
    """Change the JSON at `at` (a dotted path; numbers index lists, * means every element)."""
    options, at, raw = fault.options, fault.options["at"], ""
    if fault.kind in ("set", "null"):
        _at(data, at, lambda holder, key: holder.__setitem__(key, options.get("value")))
    elif fault.kind == "missing":
        _at(data, at, lambda holder, key: holder.pop(key, None))
    elif fault.kind == "extra":
        _at(data, at, lambda holder, key: holder[key].__setitem__(options.get("key", "sandboxExtra"), options.get("value", {"new": True})))
    elif fault.kind == "nul":
        _at(data, at, lambda holder, key: holder.__setitem__(key, f"{holder[key]}\x00after"))
    elif fault.kind == "deep":
        raw = "[" * 10_000 + "]" * 10_000
        _at(data, at, lambda holder, key: holder.__setitem__(key, PLACEHOLDER))
    else:
        held: list[Any] = []
        _at(data, at, lambda holder, key: (held.append(holder[key]), holder.__setitem__(key, PLACEHOLDER)))
        raw = "{" + f'{json.dumps(options["key"])}:"first",' + json.dumps(held[0], ensure_ascii=False)[1:]
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text.replace(json.dumps(PLACEHOLDER, ensure_ascii=False), raw).encode()


def _at(data: Any, path: str, change: Callable[[Any, Any], object]) -> None:
    head, _, rest = path.partition(".")
    keys: list[Any] = (
        list(data if isinstance(data, dict) else range(len(data))) if head == "*" else [int(head) if isinstance(data, list) else head]
    )
    for key in keys:
        if rest:
            _at(data[key], rest, change)
        else:
            change(data, key)
