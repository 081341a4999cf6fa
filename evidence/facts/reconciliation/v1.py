"""Control totals of what went into a process and what came out of it."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation(Fact):
    """`subject` is one comparison of one output. Totals are whole numbers in the smallest unit (cents, records). `compared`: instant.
    `explanation`: why they differ, "" when nobody has said so; `explained`: instant at which it was said."""

    KIND: ClassVar[str] = "reconciliation"
    VERSION: ClassVar[int] = 1

    output: str = ""
    input_total: int | None = None
    output_total: int | None = None
    unit: str = ""
    compared: str | None = None
    explanation: str | None = None
    explained: str | None = None
