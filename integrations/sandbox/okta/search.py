"""Okta's filter expressions, as far as the twin understands them: `name op "value"` joined by and/or; anything else is refused."""

import re
from collections.abc import Callable
from typing import Any

from integrations.sandbox.okta.answers import Refused

CLAUSE = re.compile(r'\s*([\w.]+)\s+(eq|gt|ge|lt|le|sw)\s+"([^"]*)"\s*')
TESTS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda held, value: held == value,
    "gt": lambda held, value: held > value,
    "ge": lambda held, value: held >= value,
    "lt": lambda held, value: held < value,
    "le": lambda held, value: held <= value,
    "sw": lambda held, value: held.startswith(value),
}


def matcher(expression: str, attributes: dict[str, Callable[[Any], str | None]], parameter: str) -> Callable[[Any], bool]:
    """Whether a row fits. Raises Refused(400) for what Okta would not understand; `and` binds stronger than `or`."""
    alternatives = [[_clause(part, attributes, parameter) for part in group.split(" and ")] for group in expression.split(" or ")]
    return lambda row: any(all(test(row) for test in group) for group in alternatives)


def _clause(text: str, attributes: dict[str, Callable[[Any], str | None]], parameter: str) -> Callable[[Any], bool]:
    found = CLAUSE.fullmatch(text)
    if found is None or found[1] not in attributes:
        raise Refused(400, "E0000031", f"Invalid {parameter} criteria.", [f"{text.strip()[:100]} is not understood"])
    read, test, value = attributes[found[1]], TESTS[found[2]], found[3]

    def fits(row: Any) -> bool:
        held = read(row)
        return held is not None and test(held, value)

    return fits
