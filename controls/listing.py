"""Which controls a list shows, and in which order: filters, search, sort and keyset, over rows with their state. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from controls.outcomes import ControlState, Severity
from controls.reading import NEEDS_YOU, ORDER
from controls.selectors.health import ControlRow

NEEDS = "needs"
NOBODY = "none"
SEVERITIES = [each.value for each in Severity]
STATES = [NEEDS, *(each.value for each in ControlState)]
Key = tuple[Any, ...]
SORTS: Mapping[str, Callable[[ControlRow], Key]] = {
    "health": lambda row: (ORDER.index(row.state), SEVERITIES.index(row.severity), row.code),
    "code": lambda row: (row.code,),
    "title": lambda row: (row.title.casefold(), row.code),
    "severity": lambda row: (SEVERITIES.index(row.severity), row.code),
    "owner": lambda row: (int(row.owner == ""), row.owner.casefold(), row.code),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters; empty means all. `state` may be `needs` (failing or not observed), `owner` may be `none`."""

    state: str = ""
    area: str = ""
    owner: str = ""
    severity: str = ""
    words: str = ""

    def takes(self, row: ControlRow) -> bool:
        """Whether the row is wanted."""
        if self.state and row.state != self.state and not (self.state == NEEDS and row.state in NEEDS_YOU):
            return False
        if self.owner and str(row.owner_id or NOBODY) != self.owner:
            return False
        if (self.severity and row.severity != self.severity) or (self.area and row.area != self.area):
            return False
        text = f"{row.code} {row.title} {row.owner}".casefold()
        return all(word in text for word in self.words.casefold().split())


def ordered(rows: Sequence[ControlRow], sort: str) -> list[ControlRow]:
    """Rows by a name of SORTS, “-” before it for the other way round."""
    return sorted(rows, key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))


def beyond(rows: Sequence[ControlRow], sort: str, after: Key) -> list[ControlRow]:
    """The ordered rows after a key, whether or not its row is still there."""
    key = SORTS[sort.removeprefix("-")]
    return [row for row in rows if (key(row) < after if sort.startswith("-") else key(row) > after)]
