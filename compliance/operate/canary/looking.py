"""Reading every stream once, permission by permission, without a database."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import integrations.vendors
from compliance.operate.canary.cassette import cassette, personal_values
from compliance.operate.scan import CADENCE_MINUTES, Account
from compliance.version import build
from evidence.readings import Reading
from integrations.errors import Fault
from integrations.persons import declared
from integrations.registry import CONNECTORS, load_connector
from integrations.services.leases import Progress
from integrations.transport.addresses import check_address
from integrations.transport.context import Context
from integrations.transport.spool import Spool
from integrations.transport.streams import read_streams

SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD", re.I)


@dataclass(frozen=True, slots=True)
class StreamReport:
    """One stream: how it was read, and the outcome of each of its operations (ok, missing, not_licensed, unreachable)."""

    kind: str
    title: str
    outcome: str
    completeness: str
    received: int
    expected: int | None
    faults: tuple[str, ...]
    operations: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one live look came to. `account` is the digest of the account's id; `live` is false where the address is inside a private
    network (a sandbox); `verified`: every stream was read whole, or is not in the vendor's plan."""

    vendor: str
    connector_version: str
    product: str
    at: str
    account: str
    live: bool
    verified: bool
    fault: str = ""
    streams: tuple[StreamReport, ...] = ()
    calls: int = 0

    def text(self) -> str:
        """As the file holds it."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


@dataclass(slots=True)
class Canary:
    """A look with what it recorded."""

    report: Report
    cassette: str = ""
    readings: list[Reading] = field(default_factory=list)


def read_report(path: Path) -> Report:
    """A report from its file. Raises ValueError for one that is none."""
    try:
        held: dict[str, Any] = json.loads(path.read_text())
        streams = tuple(StreamReport(**{**each, "faults": tuple(each["faults"])}) for each in held.pop("streams"))
        return Report(**held, streams=streams)
    except (OSError, TypeError, KeyError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is no report of a live check: {error}") from error


def account_digest(account: str) -> str:
    """What stands in a report for an account: enough to compare, not enough to tell."""
    return hashlib.sha256(f"plumbline account {account}".encode()).hexdigest()


def look_live(account: Account, *, record: bool = True, now: datetime | None = None) -> Canary:
    """Identify, probe and read everything. Faults are in the report; nothing is raised for them."""
    at = now or datetime.now(UTC)
    connector_class = load_connector(account.vendor)
    kinds = frozenset(stream.kind for stream in connector_class.STREAMS)
    about = {
        "vendor": account.vendor, "connector_version": connector_class.VERSION, "product": build(), "at": at.isoformat(timespec="seconds"),
        "live": _is_public(account),
    }  # fmt: skip
    with Spool() as spool:
        context = Context(settings=account.settings, secrets=account.secrets, kinds=kinds, spool=spool, allow=account.allow)
        connector = connector_class()
        try:
            identity = connector.identify(context)
            probes = {each.operation: each.outcome for each in connector.probe(context, kinds)}
            before = len(context.ledger)  # samples of the probe are no reading
            readings, _fault = read_streams(connector, context, Progress(), CADENCE_MINUTES)
        except Fault as fault:
            said = f"{fault.kind}: {fault.detail}"
            return Canary(Report(**about, account="", verified=False, fault=said, calls=len(context.ledger)))
        finally:
            close = getattr(connector, "close", None)
            if close is not None:
                close()
        calls = context.ledger.calls()
        pages = {digest: spool.get(digest) for digest in spool.digests()}
    streams = tuple(_stream_report(stream, reading, probes) for stream, reading in zip(connector_class.STREAMS, readings, strict=True))
    report = Report(
        **about, account=account_digest(identity.account), streams=streams, calls=len(calls),
        verified=bool(streams) and all(each.outcome in ("complete", "not_licensed") for each in streams),
    )  # fmt: skip
    text = (
        cassette(calls[before:], pages, _persons(account.vendor, readings, identity), [*account.secrets.values(), *_environment()])
        if record
        else ""
    )
    return Canary(report, text, readings)


def _stream_report(stream: Any, reading: Reading, probes: Mapping[str, str]) -> StreamReport:
    kinds = {each.kind for each in reading.faults}
    outcome = (
        "complete" if reading.complete else "not_licensed" if kinds == {"not_licensed"} else "partial" if reading.observations else "failed"
    )
    operations = {
        each: "missing" if each in reading.denied else probes.get(each, "ok" if reading.complete else "unreachable")
        for each in stream.operations
    }
    return StreamReport(
        stream.kind, stream.title, outcome, reading.completeness if reading.complete else "none", len(reading.observations), reading.expected,
        tuple(sorted({f"{each.kind} {each.operation}".strip() for each in reading.faults})), operations,
    )  # fmt: skip


def _persons(vendor: str, readings: list[Reading], identity: Any) -> set[str]:
    """Names of people in what was read, and of the account itself."""
    facts = [each.fact for reading in readings for each in reading.observations]
    private = Path(integrations.vendors.__path__[0]) / vendor / "private.yaml"
    fields = declared(private).read if vendor in CONNECTORS and private.is_file() else {f"{fact.KIND}.name": "" for fact in facts}
    return personal_values(facts, fields) | {identity.principal, identity.account_name, identity.account}


def _environment() -> list[str]:
    """Values of this process's environment that sound like secrets: the vendor's own tools take theirs from there."""
    return [value for name, value in os.environ.items() if SECRET_NAME.search(name)]


def _is_public(account: Account) -> bool:
    """Whether the address that is read lies on the public internet; the vendor's own, where none is given."""
    given = [value for name, value in account.settings.items() if name.endswith("_url") and value]
    for url in given:
        try:
            check_address(url, hosts=(urlsplit(url).hostname or "",))
        except Fault:
            return False
    return True
