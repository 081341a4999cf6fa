"""Judging again out of a package, without the database that it came from: the facts from its raw pages and ledgers, with this
installation's released versions of collectors, facts and checks."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from audits.packages.checking import program
from compliance.operate.reperform.verdict import Reperformed, reperform_with
from controls.outcomes import Outcome
from controls.selectors.verdicts import StoredVerdict
from evidence.facts.fact import Fact
from evidence.selectors.provenance import Provenance
from integrations.services.replaying import Kept


class NotVerified(ValueError):
    """The package does not verify under the given key; nothing of it is judged."""


def reperform_package(path: Path, key: str, *, now: datetime) -> Iterator[Reperformed]:
    """Every verdict of the package again. Raises NotVerified before the first."""
    verifier = program()
    problems, _counts = verifier.verify(str(path), key)
    if problems:
        raise NotVerified("; ".join(problems[:5]))
    place = verifier.Folder(str(path)) if path.is_dir() else verifier.Archive(str(path))
    names = set(place.names())
    kept = Kept(lambda digest: _bytes(place, names, f"pages/{digest}.bin"), lambda run: _ledger(place, names, run), lambda _id: {}, True)
    records: dict[uuid.UUID, list[Provenance]] = defaultdict(list)
    for _number, line in verifier.lines(place, "records/records.jsonl"):
        record = _record(json.loads(line))
        records[record.subject_id].append(record)
    versions = {
        held["id"]: [_version(each) for each in held["versions"]]
        for held in (json.loads(verifier.whole(place, name)) for name in sorted(names) if name.startswith("checks/"))
    }
    for _number, line in verifier.lines(place, "verdicts/verdicts.jsonl"):
        verdict = _verdict(json.loads(line))
        until = verdict.until or now
        known = sorted(records[verdict.subject_id], key=lambda each: (each.observed_at, each.record_id))
        first = max((each.observed_at for each in known if each.observed_at <= verdict.since), default=None)
        wanted = [each for each in known if each.observed_at < until and (first is None or each.observed_at >= first)]
        yield reperform_with(verdict, wanted, versions.get(verdict.check_id, []), now=now, kept=kept, others=_no_others)


def _no_others(_check_id: str, module: Any, _at: datetime, told: Any) -> Mapping[str, Sequence[Fact]]:
    kinds = [each.KIND for each in module.OTHERS]
    if kinds:
        told.limits.append(
            f"the check also reads {', '.join(kinds)}, of which a package holds no whole; judge it again on the installation"
        )
        told.stop = True
    return dict.fromkeys(kinds, ())


def _bytes(place: Any, names: set[str], name: str) -> bytes | None:
    return program().whole(place, name) if name in names else None


def _ledger(place: Any, names: set[str], run: uuid.UUID) -> list[Any]:
    name = f"ledgers/{run}.jsonl"
    if name not in names:
        return []
    found = []
    for _number, line in program().lines(place, name):
        held = json.loads(line)
        times = {each: datetime.fromisoformat(held[each]) if held[each] else None for each in ("started_at", "finished_at", "vendor_time")}
        found.append(SimpleNamespace(**{**held, **times}))
    return found


def _record(held: Mapping[str, Any]) -> Provenance:
    return Provenance(
        record_id=uuid.UUID(held["id"]), subject_id=uuid.UUID(held["subject_id"]), key=held["subject"], vendor=held["vendor"], kind=held["kind"],
        account=held["account"], principal=held["principal"], connection_id=uuid.UUID(held["connection"]), run_id=uuid.UUID(held["run"]),
        connector_version=held["connector_version"], started_at=datetime.fromisoformat(held["started_at"]),
        read_at=datetime.fromisoformat(held["read_at"]), observed_at=datetime.fromisoformat(held["observed_at"]), gone=held["gone"],
        version=held["version"], fact=held["fact"], pages=tuple(held["pages"]),
    )  # fmt: skip


def _verdict(held: Mapping[str, Any]) -> StoredVerdict:
    return StoredVerdict(
        id=uuid.UUID(held["id"]), check_row=uuid.UUID(int=0), check_id=held["check"], subject_id=uuid.UUID(held["subject_id"]), key=held["subject"],
        name=held["name"], outcome=int(Outcome[held["outcome"].upper()]), reason=held["reason"], since=datetime.fromisoformat(held["since"]),
        until=datetime.fromisoformat(held["until"]) if held["until"] else None, record_id=uuid.UUID(held["record"]),
    )  # fmt: skip


def _version(held: Mapping[str, Any]) -> Any:
    return SimpleNamespace(
        logic_version=held["version"], logic_digest=held["digest"], parameters=held["parameters"], from_at=datetime.fromisoformat(held["from"])
    )  # fmt: skip
