"""Policy documents that grant permissions to identities: do they, in one statement, let their holder do everything.

Element names are compared without regard to case, single values and lists are the same (IAM user guide, "Grammar of the IAM
JSON policy language"). Conditions do not soften the verdict: whoever meets them may do everything.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_ANYTHING = re.compile(r"[*:]*\*[*:]*")
_ANY_RESOURCE = re.compile(r"\*+|arn:\*(:\*)*")
_RIGHTS = re.compile(r"\*+|iam:\*+", re.IGNORECASE)


class GrantError(ValueError):
    """A text that is no policy document."""


def everything_granted(document: str) -> str:
    """In words, the statement that allows everything; "" when none does. A statement that allows all but some actions counts,
    unless it leaves out the granting of rights itself (iam:*): with that, its holder can take the rest. Raises GrantError."""
    for place, statement in enumerate(_statements(document), start=1):
        named = f"statement {statement.get('sid') or place}"
        if str(statement.get("effect", "")).lower() != "allow" or not _any(statement.get("resource"), _ANY_RESOURCE):
            continue
        if _any(statement.get("action"), _ANYTHING):
            return f"{named} allows every action on every resource"
        left_out = statement.get("notaction")
        if left_out is not None and not _any(left_out, _RIGHTS):
            return f"{named} allows every action but {', '.join(sorted(_texts(left_out)))} on every resource"
    return ""


def _statements(document: str) -> Iterator[dict[str, Any]]:
    try:
        parsed = json.loads(document)
    except ValueError as error:
        raise GrantError("the policy is no JSON") from error
    if not isinstance(parsed, Mapping):
        raise GrantError("the policy is no JSON object")
    found = next((value for name, value in parsed.items() if name.lower() == "statement"), ())
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, Mapping):
            yield {name.lower(): value for name, value in each.items()}


def _any(value: Any, pattern: re.Pattern[str]) -> bool:
    return any(pattern.fullmatch(each) for each in _texts(value))


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
