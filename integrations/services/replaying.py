"""Making a recorded fact again from the raw bytes that were kept of it, with the code that read it then. Nothing is sent or written.

How that goes, by where the fact comes from: a vendor's connector answers from the run's ledger (`integrations/vendors/*/replay.py`); a
file that was brought is read with the mapping kept beside it; of a pushed session the line is read. Facts joined out of other facts have
no raw page of their own.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from compliance.seal.canonical import fact_bytes
from compliance.vault.selectors.blobs import read_blob
from evidence.facts.fact import Fact, FactError
from evidence.selectors.provenance import Provenance, ledger_of
from integrations.errors import Fault
from integrations.fed import FED
from integrations.importing.kinds import kinds
from integrations.importing.lines import objects
from integrations.importing.mapping import load_map
from integrations.importing.reading import FINDINGS, load_look, table_of
from integrations.importing.refusals import Refusal, Refused, Unreadable
from integrations.importing.rows import facts_of
from integrations.importing.strict import fact_of
from integrations.models import Connection, ImportedFile, PushSession
from integrations.registry import CONNECTORS
from integrations.services import feeding
from integrations.transport.context import Context
from integrations.transport.replaying import Answers, Replay, UnknownVersion, clock_of, collectors_of
from integrations.transport.spool import Spool

JOINED: Mapping[str, str] = {
    "people": "it was joined out of other recorded facts (people, accounts, decisions); it has no raw page of its own",
    "quality": "it was made of the records of collecting and judging; it has no raw page of its own",
}
UNREADABLE = (LookupError, ValueError, TypeError, AttributeError)  # what bytes that were altered, or are of another shape, may raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A fact made again. `fact` is its canonical text, None where it did not come; `limit` says why none can come for this kind;
    `missing` names inputs and versions that are not there; `collectors` are the files of the code that made it."""

    fact: str | None = None
    limit: str = ""
    missing: tuple[str, ...] = ()
    collectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """Where raw bytes and ledgers come from: the vault and the database, or a package. `settings` gives a connection's plain settings,
    which a package does not hold."""

    read_page: Callable[[str], bytes | None]
    ledger: Callable[[uuid.UUID], Sequence[Any]]
    settings: Callable[[uuid.UUID], Mapping[str, str]]
    is_package: bool = False


def rebuild(record: Provenance, kept: Kept | None = None) -> Rebuilt:
    """The fact of a record, from its raw pages. Never raises for what is missing or altered: that is what it tells."""
    kept = kept or Kept(page_or_none, ledger_of, _settings)
    if kept.is_package and record.vendor in FED:
        return Rebuilt(limit=f"{record.kind}: how a file or session was read is not in packages; judge again on the installation")
    if record.vendor in JOINED:
        return Rebuilt(limit=f"{record.kind}: {JOINED[record.vendor]}")
    if record.vendor in FED:
        return _of_fed(record)
    if record.vendor not in CONNECTORS:
        return Rebuilt(limit=f"{record.kind}: the connector {record.vendor} is not one of ours and offers no way back from raw pages")
    return _of_vendor(record, kept, import_module(f"integrations.vendors.{record.vendor}.replay"))


def page_or_none(digest: str) -> bytes | None:
    """The bytes of a page, None where they are not kept, lost or altered."""
    try:
        return read_blob(digest)
    except (LookupError, ValueError):  # unknown, lost; altered, not to be decrypted
        return None


# -- a vendor ------------------------------------------------------------------------------------------------------------------


def _of_vendor(record: Provenance, kept: Kept, module: ModuleType) -> Rebuilt:
    collectors = module.VERSIONS.get(record.connector_version)
    if collectors is None:
        return Rebuilt(missing=(f"version {record.connector_version} of the connector {record.vendor} is not in this installation",))
    reader = module.reader_module(record.kind)
    if reader is None:
        return Rebuilt(missing=(f"the connector {record.vendor} does not read {record.kind} any more",))
    lost = tuple(f"raw page {digest}" for digest in record.pages if kept.read_page(digest) is None)
    files = tuple(sorted(collectors_of(reader)))
    answers = Answers(kept.ledger(record.run_id), kept.read_page, record.pages)
    with _context(record, module, answers, kept) as context:
        replay = Replay(
            context=context, answers=answers, account=record.account, principal=record.principal, subject=record.key, collectors=collectors
        )
        try:
            found = next((each.fact for each in module.observations(replay, record.kind) if each.fact.subject == record.key), None)
        except UnknownVersion as error:
            return Rebuilt(missing=(str(error),), collectors=files)
        except (Fault, *UNREADABLE) as error:
            return Rebuilt(missing=(*lost, *_unkept(answers), f"the answers could not be read: {error}"[:300]), collectors=files)
    if found is None:
        return Rebuilt(missing=(*lost, *_unkept(answers)), limit=module.LIMITS.get(record.kind, ""), collectors=files)
    text = fact_bytes(found.payload()).decode()
    if text == record.fact:
        return Rebuilt(fact=text, missing=lost, collectors=files)
    return Rebuilt(fact=text, missing=(*lost, *_unkept(answers)), limit=module.LIMITS.get(record.kind, ""), collectors=files)


@contextmanager
def _context(record: Provenance, module: ModuleType, answers: Answers, kept: Kept) -> Iterator[Context]:
    settings = module.settings_of(kept.settings(record.connection_id), answers)
    with Spool() as spool:
        yield Context(
            settings=settings, secrets=module.SECRETS, kinds=frozenset({record.kind}), spool=spool, clock=clock_of(record.started_at),
            allow=("127.0.0.0/8",),
        )  # fmt: skip


def _settings(connection_id: uuid.UUID) -> Mapping[str, str]:
    known = Connection.objects.filter(pk=connection_id).first()
    return {name: str(value) for name, value in (known.settings if known else {}).items()}


def _unkept(answers: Answers) -> tuple[str, ...]:
    pages = [f"answer {digest[:16]} to {operation}, which no record pointed to" for digest, operation in answers.unkept.items()]
    return (*pages[:10], *(f"a call of {operation} that the run did not make" for operation in sorted(answers.unasked)[:5]))


# -- brought and pushed ----------------------------------------------------------------------------------------------------------


def _of_fed(record: Provenance) -> Rebuilt:
    if record.connector_version != feeding.VERSION:
        return Rebuilt(missing=(f"version {record.connector_version} of the reading of files and sessions is not in this installation",))
    pages = {digest: page_or_none(digest) for digest in record.pages}
    lost = tuple(f"raw page {digest}" for digest, data in pages.items() if data is None)
    if lost or not pages:
        return Rebuilt(missing=lost or ("the record names no raw page",))
    make = _facts_of_file if record.vendor == "file" else _facts_of_session
    try:
        found = next((each for each in make(record, next(iter(pages.values())) or b"") if each.subject == record.key), None)
    except (Unreadable, Refused, FactError, *UNREADABLE) as error:
        return Rebuilt(missing=(f"the bytes could not be read: {error}"[:300],))
    if found is None:
        return Rebuilt(missing=(f"no row of the bytes is about {record.key}",))
    return Rebuilt(fact=fact_bytes(found.payload()).decode())


def _facts_of_file(record: Provenance, data: bytes) -> Iterator[Fact]:
    imported = ImportedFile.objects.filter(run_id=record.run_id).first()
    if imported is None:
        raise Unreadable("how the file was read, and which column became what, is not kept any more")
    look = load_look(imported.look)
    finding = FINDINGS.get(look.form)
    made = finding(data) if finding else facts_of(kinds()[imported.kind], table_of(data, look), load_map(imported.column_map or {}))
    yield from (fact for _line, fact in made.facts)


def _facts_of_session(record: Provenance, data: bytes) -> Iterator[Fact]:
    session = PushSession.objects.filter(run_id=record.run_id).first()
    kind = kinds()[session.kind if session else record.kind]
    yield from (fact_of(kind, each) for _number, each in objects(data) if not isinstance(each, Refusal))
