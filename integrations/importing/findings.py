"""What files of findings have in common: safe reaching into strangers' JSON, and findings into facts."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from compliance.seal.canonical import JsonError, parse_json
from evidence.facts import instants
from evidence.facts.vulnerability.v1 import Vulnerability
from integrations.importing.limits import MAX_DEPTH, MAX_FILE, MAX_ROWS, MAX_SUBJECT
from integrations.importing.refusals import Refusal, Refused, Unreadable
from integrations.importing.rows import Outcome, shown, sorted_out
from integrations.importing.strict import fact_of

LONGEST = 1000  # characters of a text taken over


def document(data: bytes) -> Mapping[str, Any]:
    """The JSON object that the file is. Raises Unreadable."""
    try:
        value = parse_json(data, max_bytes=MAX_FILE, max_depth=MAX_DEPTH * 2, duplicates="last")
    except JsonError as error:
        raise Unreadable(f"The file is not usable JSON: {error}.") from error
    if not isinstance(value, dict):
        raise Unreadable("The file is JSON, but no object.")
    return value


def part(value: Any, *path: str) -> Mapping[str, Any]:
    """The object at that path; an empty one where something else stands."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def items(value: Any, name: str) -> Sequence[Any]:
    """The list under that name; an empty one where something else stands."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else ()


def text(value: Any, *names: str) -> str:
    """The first text or number under one of the names, shortened and without control characters; "" where there is none."""
    for name in names:
        found = value.get(name) if isinstance(value, dict) else None
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found).strip():
            return "".join(letter for letter in str(found).strip()[:LONGEST] if letter.isprintable() or letter == "\n")
    return ""


def instant(value: Any) -> str | None:
    """RFC 3339 text, or milliseconds since 1970, as facts write instants; None for anything else."""
    try:
        if isinstance(value, str) and value:
            moment = datetime.fromisoformat(value)
            return instants.to_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return instants.to_text(datetime.fromtimestamp(value / 1000, UTC))
    except (ValueError, OverflowError, OSError):
        return None
    return None


def permille(value: Any) -> int | None:
    """A share from 0 to 1 in thousandths; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return round(value * 1000)


def key(*parts: str) -> str:
    """A subject out of what tells findings apart; hashed where it would be too long."""
    joined = " ".join(each for each in parts if each)
    if len(joined) <= MAX_SUBJECT:
        return joined
    return f"{parts[0][:80]} {hashlib.sha256(joined.encode('utf-8', 'replace')).hexdigest()}"


def outcome_of(found: Iterable[tuple[int, Mapping[str, Any] | Refusal]]) -> Outcome:
    """Payloads with their places into facts. Raises Unreadable beyond the most that are read."""
    made: list[tuple[int, Vulnerability]] = []
    refused: list[Refusal] = []
    for number, (place, payload) in enumerate(found, start=1):
        if number > MAX_ROWS:
            raise Unreadable(f"The file has more than {MAX_ROWS:,} findings. Split it, or push it in a session.")
        if isinstance(payload, Refusal):
            refused.append(payload)
            continue
        try:
            fact = fact_of(Vulnerability, payload)
        except Refused as error:
            refused.append(Refusal(place, error.column, shown(payload.get(error.column)), error.reason))
            continue
        made.append((place, fact))  # type: ignore[arg-type]
    return sorted_out(made, refused)
