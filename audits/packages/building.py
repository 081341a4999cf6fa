"""The package, piece by piece. The order is that of sending: what explains, what was observed, the list of it, what proves the list.

The list's digest is stated in the log (kind `export`) before the end is sent, and the log is sealed; so the checkpoint in the package covers
the package itself, and a package that was altered throughout does not fit any checkpoint.
"""

import contextvars
import hashlib
import json
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from audits.packages import oscal
from audits.packages.archive import Archive
from audits.packages.index import index_page, sheet_page
from audits.packages.names import Names
from audits.packages.scopes import PackageScope, UnknownScope
from audits.services.exports import NothingSealed, state_export
from compliance.seal.canonical import canonical_bytes
from compliance.seal.leaf import utc_text
from compliance.seal.note import split_note
from compliance.seal.tiles import consistency_from_tiles
from compliance.tenancy import scope as tenant
from compliance.tenancy.models import Organization
from compliance.trail.actor import Actor
from compliance.vault.selectors.blobs import open_blob
from compliance.vault.selectors.countersigned import daily_timestamps, latest_cosigned
from compliance.vault.selectors.log import log_keys, read_tile, whole_note
from compliance.vault.selectors.packing import receipts_of, statements_about, verdict_statements
from controls.outcomes import Outcome
from controls.selectors.checks import checks_by_id
from controls.selectors.controls import checks_of, criteria_of
from controls.selectors.health import health_pieces
from controls.selectors.links import links_of_controls
from controls.selectors.packing import controls_in_force
from controls.selectors.verdicts import verdicts_over, versions_over
from controls.selectors.waivers import waivers_of_checks
from evidence.ledgers import ledger_line
from evidence.selectors.items import items_by_id, scans_of, versions_of, visible
from evidence.selectors.populations import frozen_populations, population_by_id
from evidence.selectors.provenance import Provenance, ledger_of, packed_records
from evidence.sheets import Sheet, UnknownSubject, sheet_of_population, sheet_of_record

INSIDE = Path(__file__).resolve().parent / "inside"
FORMAT = "plumbline-package/v1"
EXPLAINING = (
    ("VERIFY.md", "how to verify this package"),
    ("verify.py", "verifies it: Python, no libraries"),
    ("verify.html", "verifies it in a browser, from the disk"),
)
QUARANTINED = ("infected", "waiting")
MOST_SHEETS = 200  # sheets of single records in one package; the others are made on demand, and the manifest says how many


class PackageBroken(RuntimeError):
    """Something that belongs into the package cannot be read; the receiver sees a ZIP without an end."""


def stream_package(organization_id: uuid.UUID, scope: PackageScope, *, actor: Actor, now: datetime) -> Iterator[bytes]:
    """The bytes of the package. The organization's scope is open inside only, in a context of its own: whoever reads this iterator does not
    see it. Raises UnknownScope before the first byte where the control or population does not exist."""
    context = contextvars.copy_context()
    inner = _scoped(organization_id, scope, actor, now)

    def pieces() -> Iterator[bytes]:
        try:
            while (piece := context.run(next, inner, None)) is not None:
                if piece:
                    yield piece
        finally:
            context.run(inner.close)

    return pieces()


def _scoped(organization_id: uuid.UUID, scope: PackageScope, actor: Actor, now: datetime) -> Iterator[bytes]:
    with tenant.scope(organization_id), Archive(now) as archive, tempfile.TemporaryFile() as refs:
        yield from _Package(archive, scope, actor, now, _Refs(refs)).built()


class _Refs:
    """Ids whose statements and receipts come at the end: on the disk, because records may be many."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def add(self, ref: uuid.UUID) -> None:
        self._file.write(ref.bytes)

    def all(self) -> Iterator[uuid.UUID]:
        self._file.seek(0)
        while data := self._file.read(16 * 4096):
            yield from (uuid.UUID(bytes=data[start : start + 16]) for start in range(0, len(data), 16))
        self._file.seek(0, 2)


@dataclass
class _Package:
    archive: Archive
    scope: PackageScope
    actor: Actor
    now: datetime
    refs: _Refs
    names: Names = field(default_factory=Names)
    counts: dict[str, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    stamped: list[int] = field(default_factory=list)

    def built(self) -> Iterator[bytes]:
        for name, what in EXPLAINING:
            yield from self.archive.add(self.names.take(name), [(INSIDE / name).read_bytes()], what)
        self.organization = Organization.objects.get(pk=tenant.organization_id())
        self.statement_refs: dict[uuid.UUID, None] = {}
        self.runs: dict[uuid.UUID, None] = {}
        if self.scope.kind == "population":
            yield from self._populations([population_by_id(uuid.UUID(self.scope.ref))])
        else:
            yield from self._programme()
        yield from self._statements()
        keys = [{"key": each.verifier, "from_size": each.from_size, "until_size": each.until_size} for each in log_keys()]
        yield from self._json("log/keys.json", keys, "keys that signed this log, for comparison: verify with the one you got another way")
        yield from self._timestamps()
        yield from self._json(
            "counts.json", {"counts": self.counts, "left_out": self.left_out}, "what the package holds, and what was left out"
        )
        told = list(self.archive.listed()) if self.archive.files <= 5000 else []
        yield from self.archive.add(
            self.names.take("index.html"), [index_page(self.organization.name, self.scope, self.now, self.actor.name, self.counts, self.left_out, told)],
            "this package, to read",
        )  # fmt: skip
        yield from self._proved()
        yield self.archive.end()

    # -- what was observed ---------------------------------------------------------------------------------------------------

    def _programme(self) -> Iterator[bytes]:
        controls = controls_in_force(self.scope.ref if self.scope.kind == "control" else "")
        ids = [each.pk for each in controls]
        criteria, pieces = criteria_of(ids), health_pieces(ids, self.scope.start, self.scope.until)
        told: list[oscal.OscalControl] = []
        check_ids: dict[str, None] = {}
        for control in controls:
            links = checks_of(control.pk)
            check_ids |= dict.fromkeys(link.check_id for link in links)
            health = [(state, _at(begin), _at(end)) for begin, end, state in pieces.get(control.pk, ())]
            told.append(
                oscal.OscalControl(
                    code=control.code, title=control.title, statement=control.statement, criteria=tuple(criteria.get(control.pk, ())),
                    pieces=tuple(health),
                )
            )  # fmt: skip
            yield from self._json(
                f"controls/{control.code}.json",
                {
                    "code": control.code, "title": control.title, "statement": control.statement, "criteria": criteria.get(control.pk, []),
                    "frequency": control.frequency, "adopted_at": utc_text(control.adopted_at),
                    "checks": [{"id": link.check_id, "kind": link.kind, "rationale": link.rationale} for link in links],
                    "health": [{"state": state, "from": utc_text(begin), "until": utc_text(end)} for state, begin, end in health],
                },
                f"control {control.code}: what it says, its checks, its state over the period",
            )  # fmt: skip
        self.counts["controls"] = len(controls)
        yield from self._checks(list(check_ids))
        yield from self._items(ids)
        if self.scope.kind == "everything":
            yield from self._populations(list(frozen_populations().order_by("frozen_at", "id")))
        name = self.organization.name
        yield from self._json("oscal/catalog.json", oscal.catalog(name, told, self.now), "the controls as an OSCAL catalog")
        results = oscal.assessment_results(name, told, self.scope.start, self.scope.until, self.now)
        yield from self._json("oscal/assessment-results.json", results, "observations as OSCAL assessment results, without conclusions")

    def _checks(self, check_ids: list[str]) -> Iterator[bytes]:
        rows = checks_by_id(check_ids)
        subjects: dict[uuid.UUID, None] = {}
        for check_id, check in rows.items():
            versions = [
                {
                    "version": each.logic_version, "digest": each.logic_digest, "parameters": each.parameters, "from": utc_text(each.from_at),
                    "reason": each.reason,
                }
                for each in versions_over(check.pk)
            ]  # fmt: skip
            yield from self._json(
                f"checks/{check_id}.json", {"id": check_id, "versions": versions}, f"check {check_id}: versions and parameters over time"
            )
        yield from self.archive.add(
            self.names.take("verdicts", "verdicts.jsonl"),
            self._verdicts(list(rows), subjects),
            "every verdict interval of these checks in the period",
        )
        for waiver in waivers_of_checks([each.pk for each in rows.values()]):
            self.statement_refs[waiver.pk] = None
        yield from self._records(list(subjects))
        self.verdict_words = list(rows) if self.scope.kind == "control" else []
        self.verdict_rows = [str(each.pk) for each in rows.values()] if self.scope.kind == "control" else []

    def _verdicts(self, check_ids: list[str], subjects: dict[uuid.UUID, None]) -> Iterator[bytes]:
        for each in verdicts_over(check_ids, self.scope.start, self.scope.until):
            subjects[each.subject_id] = None
            self.counts["verdicts"] = self.counts.get("verdicts", 0) + 1
            yield _line(
                {
                    "id": str(each.id), "check": each.check_id, "subject": each.key, "subject_id": str(each.subject_id), "name": each.name,
                    "outcome": Outcome(each.outcome).word, "reason": each.reason, "since": utc_text(each.since),
                    "until": utc_text(each.until) if each.until else None, "record": str(each.record_id),
                }
            )  # fmt: skip

    def _records(self, subjects: list[uuid.UUID]) -> Iterator[bytes]:
        pages: set[bytes] = set()
        latest: dict[uuid.UUID, uuid.UUID] = {}
        yield from self.archive.add(
            self.names.take("records", "records.jsonl"),
            self._record_lines(subjects, pages, latest),
            "facts as recorded, each with its salt",
        )
        self.counts["raw pages"] = 0
        if self.scope.raw:
            for digest in sorted(pages):
                yield from self._page(digest.hex())
        elif pages:
            self.left_out.append(f"{len(pages)} raw pages: they are not for this role")
        for run in self.runs:
            self.statement_refs[run] = None
            lines = (ledger_line(each.number, each) + b"\n" for each in ledger_of(run))
            has_statement = any(each.kind == "run" for each in statements_about([run]))
            stated = {"kind": "run", "id": str(run), "field": "ledger_digest"} if has_statement else None
            yield from self.archive.add(self.names.take("ledgers", f"{run}.jsonl"), lines, f"every request of run {run}", stated)
        self.counts["runs"] = len(self.runs)
        chosen = list(latest.values())
        for record in chosen[:MOST_SHEETS]:
            yield from self._sheet(
                f"sheets/records/{record}", lambda record=record: sheet_of_record(record), f"evidence sheet of record {record}"
            )
        if len(chosen) > MOST_SHEETS:
            self.left_out.append(f"{len(chosen) - MOST_SHEETS} evidence sheets of single records; each is made on demand")

    def _record_lines(self, subjects: list[uuid.UUID], pages: set[bytes], latest: dict[uuid.UUID, uuid.UUID]) -> Iterator[bytes]:
        for record, salt, _content in packed_records(subjects, self.scope.start, self.scope.until):
            self.refs.add(record.record_id)
            self.runs[record.run_id] = None
            pages |= {bytes.fromhex(each) for each in record.pages}
            if len(latest) <= MOST_SHEETS or record.subject_id in latest:
                latest[record.subject_id] = record.record_id
            self.counts["records"] = self.counts.get("records", 0) + 1
            yield _line(_record(record, salt))

    def _page(self, digest: str) -> Iterator[bytes]:
        try:
            pieces = open_blob(digest)
        except LookupError as error:
            self.left_out.append(f"raw page {digest}: {error}")
            return
        self.counts["raw pages"] += 1
        yield from self.archive.add(self.names.take("pages", f"{digest}.bin"), pieces, "a raw answer as kept, under its SHA-256")

    # -- items and populations -------------------------------------------------------------------------------------------------

    def _items(self, control_ids: list[uuid.UUID]) -> Iterator[bytes]:
        role = self.scope.role
        if self.scope.kind == "everything":
            items = {each.pk: each for each in visible(role).order_by("title", "id")}
        else:
            items = items_by_id({link.item_id for link in links_of_controls(control_ids, role=role)}, role=role)
        versions = versions_of(items)
        scans = scans_of(each.digest for held in versions.values() for each in held)
        listed = []
        for item in sorted(items.values(), key=lambda each: (each.title, str(each.pk))):
            for version in versions.get(item.pk, ()):
                path = self.names.take("items", item.title, f"{version.number:03d}-{version.filename}")
                stated = {"kind": "item", "id": str(version.pk), "field": "sha256"}
                scan = scans.get(version.digest)
                if scan is not None and scan.state in QUARANTINED:
                    self.left_out.append(f"{item.title}, version {version.number}: its bytes are in quarantine")
                    continue
                try:
                    pieces = open_blob(version.digest)
                except LookupError as error:
                    self.left_out.append(f"{item.title}, version {version.number}: {error}")
                    continue
                self.statement_refs[version.pk] = None
                yield from self.archive.add(path, pieces, f"{item.title}, version {version.number}", stated)
                listed.append(
                    {
                        "item": str(item.pk), "title": item.title, "kind": item.kind, "version": version.number, "path": path,
                        "filename": version.filename, "sha256": version.digest, "received_at": utc_text(version.received_at),
                        "performed_at": utc_text(version.performed_at) if version.performed_at else None,
                        "covered_from": str(version.covered_from or ""), "covered_until": str(version.covered_until or ""),
                        "stated_by": version.stated_by, "confidentiality": item.confidentiality,
                    }
                )  # fmt: skip
        self.counts["items"] = len(items)
        yield from self._json("items/items.json", listed, "items of evidence in this package, with their three dates")

    def _populations(self, populations: Iterable[Any]) -> Iterator[bytes]:
        for each in populations:
            if each is None:
                raise UnknownScope("There is no such population.")
            folder = f"{each.frozen_at:%Y%m%d}-{each.kind}-{str(each.pk)[-6:]}"
            self.statement_refs[each.pk] = None
            for name, digest, what in (("rows.jsonl", each.jsonl, "rows_digest"), ("rows.csv", each.csv, "csv_digest")):
                stated = {"kind": "population", "id": str(each.pk), "field": what}
                yield from self.archive.add(
                    self.names.take("populations", folder, name), open_blob(digest), f"population “{each.title}”", stated
                )
            about = {
                "id": str(each.pk), "kind": each.kind, "title": each.title, "from": utc_text(each.from_at), "until": utc_text(each.until_at),
                "zone": each.zone, "rows": each.row_count, "independent_count": each.independent_count, "ids_digest": each.ids_digest,
                "rows_digest": each.rows_digest, "definition": each.definition, "gaps": each.gaps, "completeness": each.completeness,
                "reconciliation": each.reconciliation, "frozen_at": utc_text(each.frozen_at), "frozen_by": each.frozen_by,
                "previous": str(each.previous_id or ""),
            }  # fmt: skip
            yield from self._json(f"populations/{folder}/population.json", about, f"population “{each.title}”: definition, counts, gaps")
            yield from self._sheet(
                f"populations/{folder}/sheet", lambda population=each: sheet_of_population(population), f"evidence sheet of “{each.title}”"
            )
            self.counts["populations"] = self.counts.get("populations", 0) + 1

    def _sheet(self, path: str, make: Any, what: str) -> Iterator[bytes]:
        try:
            sheet: Sheet = make()
        except UnknownSubject as error:
            self.left_out.append(f"{what}: {error}")
            return
        *folders, name = path.split("/")
        body = render_to_string("evidence/_sheet.html", {"sheet": sheet})
        yield from self.archive.add(self.names.take(*folders, f"{name}.html"), [sheet_page(sheet.title, sheet.says, body)], what)
        yield from self._json(f"{path}.json", sheet.as_json(), what)

    # -- what proves it --------------------------------------------------------------------------------------------------------

    def _statements(self) -> Iterator[bytes]:
        yield from self.archive.add(
            self.names.take("statements", "statements.jsonl"),
            self._statement_lines(),
            "what was stated in the log of runs, verdicts, items, populations, waivers",
        )

    def _statement_lines(self) -> Iterator[bytes]:
        for each in statements_about(self.statement_refs):
            yield _line(_statement(each))
        for ref in self.statement_refs:
            self.refs.add(ref)
        if self.scope.kind != "population":
            words = [*getattr(self, "verdict_rows", ()), *getattr(self, "verdict_words", ())]
            for each in verdict_statements(words, self.scope.start, self.scope.until):
                self.refs.add(each.ref)
                yield _line(_statement(each))

    def _timestamps(self) -> Iterator[bytes]:
        """What a time-stamping authority said in the period, once a day, and last; what witnesses cosigned last. The export's own checkpoint
        is too new for both: `log/consistency.jsonl` shows that the countersigned ones are its beginnings."""
        for stamp, text in daily_timestamps(self.scope.start, self.scope.until):
            place = f"checkpoint-{stamp.size}"
            says = f"a time stamp: the first {stamp.size} entries of the log were there at {utc_text(stamp.at)}"
            yield from self.archive.add(
                self.names.take("timestamps", f"{place}.text"), [text], "what was stamped: the text of a checkpoint"
            )
            yield from self.archive.add(self.names.take("timestamps", f"{place}.tsr"), [bytes(stamp.response)], says)
            self.stamped.append(stamp.size)
        if self.stamped:
            self.counts["timestamps"] = len(self.stamped)
        cosigned = latest_cosigned()
        if cosigned is not None:
            path = self.names.take("witnesses", f"checkpoint-{cosigned.size}.txt")
            yield from self.archive.add(
                path, [whole_note(cosigned).encode()], "the latest checkpoint that witnesses cosigned, with their lines"
            )
            self.stamped.append(cosigned.size)

    def _proved(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for piece in self._manifest():
            digest.update(piece)
        yield from self._unlisted("manifest.json", self._manifest())
        yield from self._unlisted("SHA256SUMS", self._sums(digest.hexdigest()))
        try:
            export = state_export(
                actor=self.actor,
                scope=self.scope,
                manifest=digest.hexdigest(),
                files=self.archive.files,
                size=self.archive.size,
                now=self.now,
            )
        except NothingSealed as error:
            raise PackageBroken(str(error)) from error
        said = {"ref": str(export.ref), "salt": export.salt.hex(), "payload": export.payload}
        yield from self._unlisted("log/export.json", [canonical_bytes(said)])
        self.refs.add(export.ref)
        note = whole_note(export.checkpoint).encode()
        text, signatures = split_note(note)
        own = next(each for each in signatures if each.name == text.split("\n", 1)[0])
        yield from self._unlisted("log/checkpoint.txt", [note])
        yield from self._unlisted("log/checkpoint.text", [text.encode()])
        yield from self._unlisted("log/checkpoint.sig", [own.signature])
        receipts = (
            _line({"leaf": leaf, "index": index, "hashes": [each.hex() for each in hashes]})
            for leaf, index, hashes in receipts_of(self.refs.all(), export.checkpoint)
        )
        yield from self._unlisted("log/receipts.jsonl", receipts)
        if self.stamped:
            end = export.checkpoint.size
            proofs = (
                {"size": size, "hashes": [each.hex() for each in consistency_from_tiles(size, end, read_tile)]}
                for size in sorted(set(self.stamped))
            )
            yield from self._unlisted("log/consistency.jsonl", map(_line, proofs))

    def _manifest(self) -> Iterator[bytes]:
        head = {
            "format": FORMAT, "organization": self.organization.name, "scope": self.scope.kind, "ref": self.scope.ref,
            "from": utc_text(self.scope.start), "until": utc_text(self.scope.until), "made_at": utc_text(self.now), "made_by": self.actor.name,
            "role": self.scope.role, "counts": self.counts, "left_out": self.left_out,
        }  # fmt: skip
        yield json.dumps(head, sort_keys=True, ensure_ascii=False, indent=1).encode()[:-2] + b',\n "files": [\n'
        for number, each in enumerate(self.archive.listed()):
            yield (b",\n" if number else b"") + b"  " + json.dumps(each, sort_keys=True, ensure_ascii=False).encode()
        yield b"\n ]\n}\n"

    def _sums(self, manifest: str) -> Iterator[bytes]:
        for each in self.archive.listed():
            yield f"{each['sha256']}  {each['path']}\n".encode()
        yield f"{manifest}  manifest.json\n".encode()

    def _unlisted(self, path: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        yield from self.archive.add(path, pieces, "", listed=False)

    def _json(self, path: str, held: Any, what: str) -> Iterator[bytes]:
        data = json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode() + b"\n"
        yield from self.archive.add(self.names.take(*path.split("/")), [data], what)


def _record(record: Provenance, salt: bytes | None) -> Mapping[str, Any]:
    return {
        "id": str(record.record_id), "subject": record.key, "vendor": record.vendor, "kind": record.kind, "account": record.account,
        "version": record.version, "run": str(record.run_id), "connector_version": record.connector_version, "principal": record.principal,
        "connection": str(record.connection_id), "started_at": utc_text(record.started_at), "subject_id": str(record.subject_id),
        "observed_at": utc_text(record.observed_at), "read_at": utc_text(record.read_at), "gone": record.gone, "fact": record.fact,
        "salt": salt.hex() if salt is not None else None, "pages": list(record.pages),
    }  # fmt: skip


def _statement(each: Any) -> Mapping[str, Any]:
    salt = bytes(each.salt).hex() if each.salt is not None else None
    return {"kind": each.kind, "ref": str(each.ref), "at": utc_text(each.at), "salt": salt, "payload": each.payload}


def _line(held: Mapping[str, Any]) -> bytes:
    return json.dumps(held, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _at(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
