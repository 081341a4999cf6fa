"""A changed check tried against stored history: which subjects would be judged otherwise, and when. Computed, never written."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from compliance.operate.reperform.code import check_module, fact_class
from controls.judging import turns_until
from controls.outcomes import Outcome
from controls.registry import definitions
from controls.selectors.verdicts import StoredVerdict, verdicts_of_checks
from evidence.facts.fact import Fact
from evidence.selectors.provenance import Provenance, facts_at, records_between, subjects_recorded


class TooMuch(ValueError):
    """More subjects than were allowed for; the message says how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """From `since` until `until` (None: up to the end of what was tried) the subject would have been `tried` where it was `stood`
    (empty: nothing was said of it)."""

    key: str
    name: str
    since: datetime
    until: datetime
    stood: str
    tried: str
    reason: str

    @property
    def days(self) -> int:
        """Days that contain a part of it, counted in UTC."""
        last = max(self.since, self.until - timedelta(microseconds=1))
        return (last.astimezone(UTC).date() - self.since.astimezone(UTC).date()).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What trying came to, over `subjects` subjects in [start, until)."""

    check_id: str
    version: int
    parameters: Mapping[str, object]
    start: datetime
    until: datetime
    subjects: int
    flips: tuple[Flip, ...]


def try_check(
    check_id: str, *, version: int | None = None, parameters: Mapping[str, object] | None = None, start: datetime, until: datetime,
    most: int | None = None,
) -> Trial:  # fmt: skip
    """The check in that version (the newest unless given) with these parameters beside its defaults, over stored facts. Other facts that it
    reads are those known at each judging. Raises KeyError for an unknown check, MissingCode for an unknown version, TooMuch beyond
    `most` subjects."""
    known = definitions()[check_id]
    number = version or known.version
    module = check_module(check_id, number)
    given = {**module.PARAMETERS, **(parameters or {})}
    stood: dict[Any, list[StoredVerdict]] = {}
    for each in verdicts_of_checks([check_id], start, until):
        stood.setdefault(each.subject_id, []).append(each)
    subjects = subjects_recorded(known.source_vendor, module.FACT.KIND, start, until)
    if most is not None and len(subjects) > most:
        raise TooMuch(f"{len(subjects):,} subjects are more than {most:,}.")
    flips: list[Flip] = []
    memo: dict[datetime, dict[str, list[Fact]]] = {}
    for subject in subjects:
        records = records_between(subject, start, until)
        tried = list(_tried(module, given, records, known.source_vendor, start, until, memo))
        flips += _flips(records, tried, stood.get(subject, []), start, until)
    return Trial(check_id=check_id, version=number, parameters=given, start=start, until=until, subjects=len(subjects), flips=tuple(flips))


Piece = tuple[datetime, datetime, str, str]


def _tried(
    module: Any, given: Mapping[str, object], records: list[Provenance], vendor: str, start: datetime, until: datetime,
    memo: dict[datetime, dict[str, list[Fact]]],
) -> Iterator[Piece]:  # fmt: skip
    for place, record in enumerate(records):
        begin = max(record.observed_at, start)
        end = min(records[place + 1].observed_at, until) if place + 1 < len(records) else until
        if record.gone or end <= begin:
            continue
        fact = fact_class(record.kind, record.version).load(json.loads(record.fact))
        others: dict[str, list[Fact]] = {}
        if module.OTHERS:
            others = memo.setdefault(begin, {}) or memo[begin]
            for each in module.OTHERS:
                if each.KIND not in others:
                    others[each.KIND] = [fact_class(each.KIND, v).load(json.loads(text)) for text, v in facts_at(vendor, each.KIND, begin)]
        turns = turns_until(module, fact, given, begin, end, others)
        for number, turn in enumerate(turns):
            over = turns[number + 1].at if number + 1 < len(turns) else end
            if over > turn.at:
                yield turn.at, over, Outcome(turn.judgement.outcome).word, turn.judgement.reason


def _flips(records: list[Provenance], tried: list[Piece], stood: list[StoredVerdict], start: datetime, until: datetime) -> Iterator[Flip]:
    key = records[0].key if records else ""
    name = stood[0].name if stood else key
    last: Flip | None = None
    for begin, end, word, reason in tried:
        for low, high, was in _over(stood, begin, end, until):
            if was == word:
                continue
            if last is not None and last.until == low and (last.stood, last.tried) == (was, word):
                last = Flip(key=key, name=name, since=last.since, until=high, stood=was, tried=word, reason=last.reason)
                continue
            if last is not None:
                yield last
            last = Flip(key=key, name=name, since=low, until=high, stood=was, tried=word, reason=reason)
    if last is not None:
        yield last


def _over(stood: list[StoredVerdict], begin: datetime, end: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, str]]:
    """The stored outcome over [begin, end), piece by piece; where none was, nothing is compared: the check did not run then."""
    for each in stood:
        low, high = max(each.since, begin), min(each.until or until, end)
        if high > low:
            yield low, high, Outcome(each.outcome).word
