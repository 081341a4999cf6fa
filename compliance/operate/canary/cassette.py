"""A cassette of what a vendor answered, in vcrpy's format, with secrets masked and people's names replaced.

The raw pages are already without what the connector's redaction table takes out. Names, addresses and logins, as private.yaml declares
them, become `person-1`, the same everywhere, so that joins between pages still hold.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import yaml

from compliance.operate.canary.secrets import secrets_in
from evidence.facts.fact import Fact
from integrations.transport.ledger import Call

MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
NAMING = re.compile(
    r"(first|last|middle|family|given|display|full|nick|preferred|maiden|user|real)[_-]?name|^login$|e-?mail|phone|supervisor|manager$",
    re.I,
)
SHORTEST_NAME = 3
WORDS = frozenset({"true", "false", "null", "person", "redacted", "example"})
FORMAT = 1


class SecretLeft(ValueError):
    """After masking, something that looks like a secret is still there. Nothing was written."""


def cassette(calls: Sequence[Call], pages: Mapping[str, bytes], persons: Iterable[str], secrets: Iterable[str]) -> str:
    """The YAML text. Raises SecretLeft."""
    persons = {*persons, *named_in(pages.values())}
    interactions = [_interaction(call, pages.get(call.sha256, b"")) for call in calls]
    text = yaml.safe_dump({"version": FORMAT, "interactions": interactions}, sort_keys=False, allow_unicode=True, width=10_000)
    text = without_secrets(without_persons(text, persons), secrets)
    if left := secrets_in(text, secrets):
        raise SecretLeft(f"{len(left)} pieces still look like secrets; nothing was written")
    yaml.safe_load(text)  # what was replaced must not have broken it
    return text


def without_persons(text: str, persons: Iterable[str]) -> str:
    """Every name and e-mail address replaced by a number of its own."""
    named = {each for each in persons if len(each) >= SHORTEST_NAME and each.lower() not in WORDS and f'"{each}":' not in text}
    known = sorted(named | set(MAIL.findall(text)), key=lambda each: (-len(each), each))
    numbers = {
        name: f"person-{number}@redacted.example" if "@" in name else f"person-{number}" for number, name in enumerate(sorted(known), 1)
    }
    if not numbers:
        return text
    edges = re.compile("|".join(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" for name in known))
    return edges.sub(lambda found: numbers[found.group()], text)


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Every piece that is or looks like a secret replaced by a number of its own."""
    exact = tuple(secrets)
    for number, piece in enumerate(secrets_in(text, exact), 1):
        text = text.replace(piece, f"[secret {number}]")
    return text


def personal_values(facts: Iterable[Fact], declared: Iterable[str]) -> set[str]:
    """What stands in the fields that `private.yaml` declares as about persons (`kind.field`, `kind.part.field`)."""
    paths = [each.split(".") for each in declared]
    return {value for fact in facts for kind, *path in paths if kind == fact.KIND for value in _values(fact.payload(), path) if value}


def named_in(pages: Iterable[bytes]) -> set[str]:
    """Values of fields whose name says that they name a person, wherever they stand in the pages: not all of them become facts."""
    found: set[str] = set()
    for page in pages:
        try:
            found |= set(_named(json.loads(page)))
        except (ValueError, RecursionError):  # no JSON: names of its people are in the facts
            continue
    return found


def _named(held: Any) -> Iterable[str]:
    if isinstance(held, list):
        return [value for each in held for value in _named(each)]
    if not isinstance(held, dict):
        return ()
    own = [value for name, value in held.items() if isinstance(value, str) and NAMING.search(name)]
    return own + [value for each in held.values() for value in _named(each)]


def _values(held: Any, path: Sequence[str]) -> Iterable[str]:
    if isinstance(held, list):
        return [value for each in held for value in _values(each, path)]
    if path:
        return _values(held.get(path[0]), path[1:]) if isinstance(held, dict) else ()
    return (held,) if isinstance(held, str) else ()


def _interaction(call: Call, body: bytes) -> dict[str, Any]:
    method, uri, sent = _request(call)
    return {
        "request": {"method": method, "uri": uri, "body": sent, "headers": {}},
        "response": {
            "status": {"code": call.status, "message": call.fault},
            "headers": {},
            "body": {"string": body.decode("utf-8", "replace").replace("\x00", "")},
        },
    }


def _request(call: Call) -> tuple[str, str, str | None]:
    """Method, address and body. The ledger keeps operations and parameters, not addresses: what is written leads nowhere."""
    given = {name: value for name, value in call.parameters.items() if value is not None}
    method, space, template = call.operation.partition(" ")
    if not space or not template.startswith("/"):
        return "POST", f"https://vendor.invalid/{quote(call.operation, safe=':')}", json.dumps(given, sort_keys=True, default=str)
    path = re.sub(r"\{(\w+)\}", lambda found: quote(str(given.pop(found.group(1), found.group())), safe=""), template.partition(" ")[0])
    if method != "GET":
        return method, f"https://vendor.invalid{path}", json.dumps(given, sort_keys=True, default=str)
    query = {**given, **({"page": call.page} if call.page > 1 else {})}
    return method, f"https://vendor.invalid{path}" + (f"?{urlencode(query)}" if query else ""), None
