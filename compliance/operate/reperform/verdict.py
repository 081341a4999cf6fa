"""One verdict again, from the raw bytes up.

For each record that the verdict rested on: its fact is made again from its raw pages by the collector of then; the fact is judged by the
check's version and parameters then in force, at the instants at which it was judged: the beginning of the interval, each later record,
each change of parameters. The canonical result of each must be the stored one, byte for byte.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from compliance.operate.reperform.code import MissingCode, check_module, check_path, departures, digest_of, fact_class, fact_path
from compliance.seal.canonical import canonical_bytes
from controls.judging import judge
from controls.outcomes import Judgement, Outcome
from controls.registry import definitions
from controls.selectors.verdicts import StoredVerdict, verdict_by_id, versions_over
from evidence.facts import instants
from evidence.facts.fact import Fact
from evidence.selectors.provenance import Provenance, facts_at, records_between
from integrations.services.replaying import Kept, Rebuilt, rebuild

if TYPE_CHECKING:
    from controls.models import CheckVersion

MOST_STEPS = 200  # instants of one verdict that are judged again; more are said to be left out
FROM_RAW, FROM_FACT = "raw bytes", "recorded facts"


class UnknownVerdict(LookupError):
    """The organization has no such verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One judging again: when, on which record, with which version; what came, and whether the fact came from raw bytes."""

    at: datetime
    record_id: uuid.UUID
    version: int
    outcome: str
    reason: str
    from_raw: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reperformed:
    """`same`: every judging gave the stored canonical result, byte for byte, and every fact that can be made from raw bytes came out as
    recorded. `level` is `raw bytes`, or `recorded facts` where some fact could not be made again: the lesser result. `limits` say of which
    kinds and why; `missing` names inputs and versions that are not there; `altered` what is there and is not what it was."""

    verdict: StoredVerdict
    same: bool
    level: str
    stored: bytes
    again: bytes
    steps: tuple[Step, ...] = ()
    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    code: Mapping[str, str] = field(default_factory=dict)  # file -> SHA-256

    def plain(self) -> dict[str, Any]:
        """For JSON: the trail, the API, the command."""
        return {
            "verdict": str(self.verdict.id), "check": self.verdict.check_id, "subject": self.verdict.key, "name": self.verdict.name,
            "same": self.same, "level": self.level, "stored": self.stored.decode(), "again": self.again.decode(),
            "steps": [
                {
                    "at": instants.to_text(each.at), "record": str(each.record_id), "version": each.version, "outcome": each.outcome,
                    "reason": each.reason, "from_raw": each.from_raw,
                }
                for each in self.steps[:50]
            ],
            "missing": list(self.missing)[:30], "altered": list(self.altered)[:30], "limits": list(self.limits)[:10], "code": dict(self.code),
        }  # fmt: skip


def reperform_verdict(verdict_id: uuid.UUID, *, now: datetime | None = None) -> Reperformed:
    """The verdict again. Raises UnknownVerdict; what is missing or altered is told, not raised."""
    verdict = verdict_by_id(verdict_id)
    if verdict is None:
        raise UnknownVerdict(f"there is no verdict {verdict_id}")
    return reperform(verdict, now=now or datetime.now(UTC))


def reperform(verdict: StoredVerdict, *, now: datetime) -> Reperformed:
    """As `reperform_verdict`, of a verdict at hand."""
    records = records_between(verdict.subject_id, verdict.since, verdict.until or now)
    return reperform_with(verdict, records, versions_over(verdict.check_row), now=now)


def reperform_with(
    verdict: StoredVerdict, records: Sequence[Provenance], versions: "Sequence[CheckVersion]", *, now: datetime, kept: Kept | None = None,
    others: Callable[[str, Any, datetime, "_Told"], dict[str, Sequence[Fact]]] | None = None,
) -> Reperformed:  # fmt: skip
    """As `reperform`, with the records and versions at hand; `kept` says where raw bytes are, `others` where further facts are."""
    stored = canonical(verdict.check_id, verdict.key, verdict.outcome, verdict.reason)
    told = _Told()
    facts = _facts(records, told, kept)
    steps: list[Step] = []
    for at, record, version in _instants(verdict, records, versions, now, told):
        fact = facts.get(record.record_id)
        judgement = _judged(verdict, version, fact, at, told, others or _others) if fact is not None else None
        if judgement is None:
            continue
        steps.append(
            Step(
                at=at, record_id=record.record_id, version=version.logic_version, outcome=Outcome(judgement.outcome).word,
                reason=judgement.reason, from_raw=record.record_id in told.from_raw,
            )
        )  # fmt: skip
    again = _again(verdict, steps, stored)
    told.altered += departures(told.code)
    level = FROM_RAW if records and all(each.record_id in told.from_raw for each in records if not each.gone) else FROM_FACT
    same = bool(steps) and again == stored and not told.altered and not told.stop
    return Reperformed(
        verdict=verdict, same=same, level=level, stored=stored, again=again, steps=tuple(steps), missing=tuple(dict.fromkeys(told.missing)),
        altered=tuple(dict.fromkeys(told.altered)), limits=tuple(dict.fromkeys(told.limits)),
        code={path: digest_of(path) for path in sorted(told.code)},
    )  # fmt: skip


def canonical(check_id: str, key: str, outcome: int, reason: str) -> bytes:
    """The canonical result of a judging (RFC 8785): what is compared byte for byte."""
    return canonical_bytes({"check": check_id, "outcome": Outcome(outcome).word, "reason": reason, "subject": key})


def version_at(versions: "Sequence[CheckVersion]", at: datetime) -> "CheckVersion | None":
    """Logic and parameters in force at an instant: the last set by then; before the first, the first."""
    return next((each for each in reversed(versions) if each.from_at <= at), versions[0] if versions else None)


@dataclass(slots=True)
class _Told:
    """What turned up on the way. `stop`: something without which "same" would say too much."""

    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    code: set[str] = field(default_factory=set)
    from_raw: set[uuid.UUID] = field(default_factory=set)
    stop: bool = False


def _facts(records: Sequence[Provenance], told: _Told, kept: Kept | None) -> dict[uuid.UUID, Fact]:
    """The fact of each record: made again where that is possible, else as recorded."""
    found: dict[uuid.UUID, Fact] = {}
    for record in records[:MOST_STEPS]:
        if record.gone:
            continue
        made = rebuild(record, kept)
        told.code |= {fact_path(record.kind, record.version), *made.collectors}
        text = _text(record, made, told)
        try:
            found[record.record_id] = fact_class(record.kind, record.version).load(json.loads(text))
        except MissingCode as error:
            told.missing.append(str(error))
            told.stop = True
        except ValueError as error:
            told.altered.append(f"the fact of record {record.record_id} cannot be read: {error}")
    return found


def _text(record: Provenance, made: Rebuilt, told: _Told) -> str:
    told.missing += made.missing
    if made.limit:
        told.limits.append(made.limit)
    if made.fact == record.fact:
        told.from_raw.add(record.record_id)
    elif made.fact is not None and not made.missing and not made.limit:
        told.altered.append(f"the fact of record {record.record_id} is not what its raw pages say")
        return made.fact
    return record.fact


def _instants(
    verdict: StoredVerdict, records: Sequence[Provenance], versions: "Sequence[CheckVersion]", now: datetime, told: _Told
) -> "list[tuple[datetime, Provenance, CheckVersion]]":
    """When judging has to give the stored result: at the beginning, at each later record, at each change of version or parameters."""
    if not versions:
        told.missing.append(f"which version of {verdict.check_id} was in force is not recorded")
        return []
    until = verdict.until or now
    moments = {verdict.since, *(each.observed_at for each in records if each.observed_at > verdict.since)}
    moments |= {each.from_at for each in versions if verdict.since < each.from_at < until}
    found = []
    for at in sorted(moments):
        record = next((each for each in reversed(records) if each.observed_at <= at), None)
        version = version_at(versions, at)
        if record is not None and version is not None and not record.gone:
            found.append((at, record, version))
    if not found:
        told.missing.append("no record of the subject lies at or before the verdict's beginning")
    if len(found) > MOST_STEPS:
        told.limits.append(f"{len(found)} instants; the first {MOST_STEPS} were judged again")
    return found[:MOST_STEPS]


def _judged(verdict: StoredVerdict, version: "CheckVersion", fact: Fact, at: datetime, told: _Told, find: Any) -> Judgement | None:
    path = check_path(verdict.check_id, version.logic_version)
    told.code.add(path)
    try:
        module = check_module(verdict.check_id, version.logic_version)
        others = find(verdict.check_id, module, at, told)
    except MissingCode as error:
        told.missing.append(str(error))
        told.stop = True
        return None
    if version.logic_digest and version.logic_digest != digest_of(path):
        told.altered.append(f"{path} is not the version that was in force: its digest was {version.logic_digest[:16]}")
    return judge(module, fact, {**module.PARAMETERS, **version.parameters}, at, others)


def _others(check_id: str, module: Any, at: datetime, told: _Told) -> dict[str, Sequence[Fact]]:
    """The further facts that the check reads, as they were known at that instant."""
    known = definitions().get(check_id)
    vendor = known.source_vendor if known else ""
    found: dict[str, Sequence[Fact]] = {}
    for kind in (each.KIND for each in module.OTHERS):
        facts = facts_at(vendor, kind, at)
        told.code |= {fact_path(kind, version) for _text, version in facts}
        found[kind] = [fact_class(kind, version).load(json.loads(text)) for text, version in facts]
        if facts:
            told.limits.append(f"{kind}: {len(facts):,} further facts were read as recorded, not made again")
    return found


def _again(verdict: StoredVerdict, steps: Sequence[Step], stored: bytes) -> bytes:
    """The result of judging again: the first that differs, if any does."""
    results = [canonical(verdict.check_id, verdict.key, Outcome[each.outcome.upper()], each.reason) for each in steps]
    return next((each for each in results if each != stored), results[0] if results else b"")
