"""Judging: pure functions over facts. Nothing here reads a clock or a table."""

import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

import orjson

from controls.outcomes import UNREADABLE, Judgement, Outcome, no_data
from evidence.facts.fact import Fact

MAX_TURNS = 100  # of one verdict by time alone within one evaluation: more means that a check's holds_until does not advance


@dataclass(frozen=True, slots=True)
class Turn:
    """A judgement and the instant from which it holds."""

    at: datetime
    judgement: Judgement


def load_fact(fact: type[Fact], text: str) -> Fact:
    """The fact of a record's canonical text."""
    return fact.load(orjson.loads(text))


class FactShelf:
    """Facts of records that were read already, by record: a record never changes, so neither does its fact. Keeps `limit` at most and
    forgets those that were not asked for longest."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[uuid.UUID, Fact] = OrderedDict()
        self._lock = Lock()

    def missing(self, records: Iterable[uuid.UUID]) -> list[uuid.UUID]:
        """Those of these records that are not held."""
        return [each for each in records if each not in self._held]

    def take(self, record: uuid.UUID, fact: type[Fact], text: Callable[[], str]) -> Fact:
        """The fact of a record; made of what `text` gives where it is not held."""
        with self._lock:
            held = self._held.get(record)
            if held is not None:
                self._held.move_to_end(record)
                return held
        made = load_fact(fact, text())
        with self._lock:
            self._held[record] = made
            if len(self._held) > self._limit:
                self._held.popitem(last=False)
        return made


def judge(check: Any, fact: Fact, parameters: Mapping[str, object], at: datetime, others: Mapping[str, Sequence[Fact]]) -> Judgement:
    """One judgement at one instant. `check` is a module of a check's version. A value that the check cannot read (facts are also brought
    by people and pushed by programs) is not known: it neither passes nor fails, and must not keep everything else from being judged. The
    subject's answer is NO_DATA with the reason UNREADABLE, which pages show as an error of that check (`outcomes.said_word`)."""
    try:
        if check.OTHERS:
            return check.judge(fact, parameters, at, others)
        return check.judge(fact, parameters, at)
    except (ValueError, OverflowError):
        return no_data(UNREADABLE)


def turns_until(
    check: Any, fact: Fact, parameters: Mapping[str, object], start: datetime, now: datetime, others: Mapping[str, Sequence[Fact]]
) -> list[Turn]:
    """What the check says of the fact at `start`, and at each instant until `now` at which that runs out by time alone."""
    turns = [Turn(start, judge(check, fact, parameters, start, others))]
    while len(turns) < MAX_TURNS:
        last = turns[-1]
        due = last.judgement.holds_until
        if due is None or due > now:
            break
        if due <= last.at:  # already over when judged: the claim about the future is void, not the outcome
            turns[-1] = Turn(last.at, Judgement(last.judgement.outcome, last.judgement.reason))
            break
        turns.append(Turn(due, judge(check, fact, parameters, due, others)))
    return turns


@dataclass(slots=True)
class Counts:
    """How a check's subjects are judged."""

    passing: int = 0
    failing: int = 0
    not_applicable: int = 0
    unknown: int = 0

    def add(self, outcome: int, number: int) -> None:
        """Count `number` subjects of that outcome in (or out, when negative)."""
        match outcome:
            case Outcome.PASS:
                self.passing += number
            case Outcome.FAIL:
                self.failing += number
            case Outcome.NOT_APPLICABLE:
                self.not_applicable += number
            case Outcome.NO_DATA:
                self.unknown += number


def counted(outcomes: Iterable[int]) -> Counts:
    """Counts of a list of outcomes."""
    counts = Counts()
    for outcome in outcomes:
        counts.add(outcome, 1)
    return counts
