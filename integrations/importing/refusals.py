"""What is not taken, and why: a file as a whole, or one of its rows."""

from dataclasses import dataclass


class Unreadable(ValueError):
    """The file as a whole cannot be read this way; the message says what to do."""


class Refused(ValueError):
    """One value cannot be taken; the message says why. `column` is set where it is known."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not taken: its line in the file (from 1), the column at fault, the value as it stands there (shortened), why."""

    line: int
    column: str
    value: str
    reason: str
