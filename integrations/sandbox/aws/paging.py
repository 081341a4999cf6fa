"""Paging of list operations that moto answers in one piece, by botocore's paginator descriptions.

A page holds `MaxResults` (or the operation's own limit parameter) entries, or the sandbox's page size where the client names
none. Tokens are positions in the list as it is when asked, so that entries can drift between pages as they do at AWS.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

import botocore.session
import jmespath
from botocore.exceptions import UnknownServiceError

from integrations.sandbox.aws import wire
from integrations.sandbox.aws.operations import Call, is_form, protocol
from integrations.sandbox.aws.wire import Answer

_PREFIX = "page-"


def sliced(call: Call, answer: Answer, position: int, page_size: int | None) -> Answer:
    """The page of `answer` that starts at `position`. Whole answers, unpaged operations and errors come back untouched."""
    pages = _pages(call.service, call.operation)
    if pages is None or answer.status >= 300:
        return answer
    limit = _limit(call, pages, page_size)
    if limit is None and position == 0:
        return answer
    parsed = wire.decode(call, answer)
    outgoing = pages["output_token"][0]
    if jmespath.search(outgoing, parsed):
        return answer  # moto pages this one itself
    lists = [(key, jmespath.search(key, parsed) or []) for key in pages["result_key"]]
    total = sum(len(entries) for _, entries in lists)
    limit = total if limit is None else limit
    if position == 0 and total <= limit:
        return answer
    left_out, room = position, limit
    for key, entries in lists:
        if not isinstance(entries, list):
            return answer
        kept = entries[left_out : left_out + room]
        left_out, room = max(left_out - len(entries), 0), room - len(kept)
        _put(parsed, key, kept)
    more = position + limit < total
    _put(parsed, outgoing, _token(position + limit) if more else None)
    if pages.get("more_results"):
        _put(parsed, pages["more_results"], more)
    return wire.reencode(call, _without_none(parsed))


def taken_out(call: Call) -> tuple[Call, int]:
    """The call without our own page token, which moto would not understand, and the position the token names."""
    pages = _pages(call.service, call.operation)
    if pages is None:
        return call, 0
    name = pages["input_token"][0]
    position = _position(call.parameters.get(name))
    if position is None:
        return call, 0
    return _without(call, name), position


def _pages(service: str, operation: str) -> Mapping[str, Any] | None:
    return _descriptions(service).get(operation) if operation else None


@lru_cache(maxsize=1)
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@lru_cache(maxsize=64)
def _descriptions(service: str) -> Mapping[str, Mapping[str, Any]]:
    try:
        raw = _session().get_paginator_model(service)._paginator_config
    except UnknownServiceError:
        return {}
    described = {}
    for operation, page in raw.items():
        lists = {key: [page[key]] if isinstance(page[key], str) else page[key] for key in ("input_token", "output_token", "result_key")}
        output = lists["output_token"][0].split("||")[0].strip()
        if len(lists["input_token"]) == 1 and all(character.isalnum() or character in "._" for character in output):
            described[operation] = {**page, **lists, "output_token": [output]}
    return described


def _limit(call: Call, pages: Mapping[str, Any], page_size: int | None) -> int | None:
    asked = call.parameters.get(pages.get("limit_key", ""))
    limits = [int(limit) for limit in (asked, page_size) if limit]
    return min(limits) if limits else None


def _token(position: int) -> str:
    return base64.urlsafe_b64encode(f"{_PREFIX}{position}".encode()).decode()


def _position(token: Any) -> int | None:
    try:
        text = base64.urlsafe_b64decode(str(token)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    digits = text.removeprefix(_PREFIX)
    return int(digits) if text.startswith(_PREFIX) and digits.isdigit() else None


def _put(parsed: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        parsed = parsed.setdefault(parent, {})
    parsed[last] = value


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(entry) for key, entry in value.items() if entry is not None}
    return [_without_none(entry) for entry in value] if isinstance(value, list) else value


def _without(call: Call, name: str) -> Call:
    member = call.model.input_shape.members[name]
    wire_name = member.serialization.get("name", name)
    environ, body = dict(call.environ), call.body
    spoken = protocol(call.model.service_model)
    if is_form(environ):
        kept = [pair for pair in parse_qsl(body.decode(), keep_blank_values=True) if pair[0].lower() != wire_name.lower()]
        body = urlencode(kept).encode()
    elif member.serialization.get("location") == "querystring":
        kept = [pair for pair in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True) if pair[0] != wire_name]
        environ["QUERY_STRING"] = urlencode(kept)
        environ["RAW_URI"] = environ["REQUEST_URI"] = f"{environ.get('PATH_INFO', '/')}?{environ['QUERY_STRING']}"
    elif spoken in ("json", "rest-json"):
        document = json.loads(body or b"{}")
        document.pop(wire_name, None)
        body = json.dumps(document).encode()
    return Call(environ=environ, body=body, region=call.region, service=call.service, operation=call.operation, uri=call.uri)
