"""Rows into facts: each good row is one fact, each other row is refused by its line with a reason."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from evidence.facts.fact import Fact
from integrations.importing.fields import Field, fields_of
from integrations.importing.mapping import Choice, ColumnMap
from integrations.importing.refusals import Refusal, Refused
from integrations.importing.strict import check_subject
from integrations.importing.table import Row, Table
from integrations.importing.values import value_of

SHOWN = 120  # characters of a refused value


@dataclass(slots=True)
class Outcome:
    """What a file comes to. `repeated`: rows that say again, word for word, what an earlier row said; they count once."""

    facts: list[tuple[int, Fact]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    repeated: int = 0

    @property
    def total(self) -> int:
        """Rows of the file."""
        return len(self.facts) + len(self.refused) + self.repeated


def facts_of(fact: type[Fact], table: Table, given: ColumnMap) -> Outcome:
    """Every row through the mapping. Two rows of one subject that differ are both refused: nobody can say which one holds."""
    known = {each.name: each for each in fields_of(fact)}
    place = {name: number for number, name in enumerate(table.columns)}
    plan = [(known[each.field], each, place.get(each.column)) for each in given.choices if each.field in known]
    made: list[tuple[int, Fact]] = []
    refused = list(table.refused)
    for row in table.rows:
        built = _built(fact, row, plan, given.zone)
        if isinstance(built, Refusal):
            refused.append(built)
        else:
            made.append((row.line, built))
    return sorted_out(made, refused)


def sorted_out(made: Sequence[tuple[int, Fact]], refused: Sequence[Refusal]) -> Outcome:
    """Facts with their lines, once each; contradictions among them are refused."""
    lines: dict[str, list[tuple[int, Fact]]] = defaultdict(list)
    for line, each in made:
        lines[each.subject].append((line, each))
    outcome = Outcome(refused=list(refused))
    for subject, found in lines.items():
        if any(each != found[0][1] for _line, each in found[1:]):
            where = ", ".join(str(line) for line, _each in found[:5])
            outcome.refused += [
                Refusal(line, "subject", subject[:SHOWN], f"lines {where} have this subject and differ") for line, _each in found
            ]
        else:
            outcome.facts.append(found[0])
            outcome.repeated += len(found) - 1
    outcome.refused.sort(key=lambda each: each.line)
    return outcome


def shown(cell: Any) -> str:
    """A refused value as it may be shown: without control characters, shortened."""
    text = "".join(letter if letter.isprintable() else "·" for letter in str(cell if cell is not None else "")[: SHOWN * 2])
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _built(fact: type[Fact], row: Row, plan: Sequence[tuple[Field, Choice, int | None]], zone: str) -> Fact | Refusal:
    values: dict[str, Any] = {}
    for field_, choice, place in plan:
        cell = choice.constant if place is None else row.cells[place]
        try:
            values[field_.name] = value_of(field_, cell, choice.format, choice.empty, zone)
            if field_.name == "subject":
                check_subject(values["subject"])
        except KeyError:
            continue  # empty, and the class has a default
        except Refused as error:
            return Refusal(row.line, choice.column or field_.name, shown(cell), " ".join(filter(None, (error.column, error.reason))))
    return fact(**values)
