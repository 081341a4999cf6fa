"""Looking for holes in numbers that a source gives one after the other."""

import re
from array import array
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from evidence.populations.definition import Sequence

MOST_GROUPS = 2000
NAMED = 10
LAST_NUMBER = re.compile(r"^\S*?(\d{1,15})(?!\S)")


class Numbers:
    """Numbers per group, eight bytes each."""

    def __init__(self, sequence: Sequence) -> None:
        self._sequence = sequence
        self._groups: dict[str, array[int]] = defaultdict(lambda: array("q"))
        self._unread = 0

    def add(self, fact: Mapping[str, Any]) -> None:
        """One more fact of the period, whether the filters take it or not."""
        value = fact.get(self._sequence.number)
        if isinstance(value, str):
            found = LAST_NUMBER.match(value)
            value = int(found[1]) if found else None
        group = str(fact.get(self._sequence.group) or "")
        if (
            not isinstance(value, int)
            or isinstance(value, bool)
            or not 0 <= value < 2**63
            or (group not in self._groups and len(self._groups) >= MOST_GROUPS)
        ):
            self._unread += 1
            return
        self._groups[group].append(value)

    def told(self) -> dict[str, Any]:
        """What was found, as plain data: per group first, last, how many numbers between them are missing, and the first few."""
        groups = []
        for group in sorted(self._groups):
            numbers = sorted(set(self._groups[group]))
            missing, named = numbers[-1] - numbers[0] + 1 - len(numbers), []
            for before, after in zip(numbers, numbers[1:], strict=False):
                if len(named) >= NAMED:
                    break
                named.extend(range(before + 1, min(after, before + 1 + NAMED - len(named))))
            groups.append(
                {
                    "group": group,
                    "first": numbers[0],
                    "last": numbers[-1],
                    "rows": len(self._groups[group]),
                    "missing": missing,
                    "named": named,
                }
            )
        return {"field": self._sequence.number, "shared": self._sequence.shared, "groups": groups, "unread": self._unread}
