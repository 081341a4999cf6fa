"""One look at a vendor account without a database: the same connector, collectors and checks as a run, judged once.

Nothing is recorded, so it says what is so now and nothing of a period.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from controls.check_state import Seen, StreamSeen, check_state, sight
from controls.judging import counted, judge
from controls.outcomes import CheckState, Outcome
from controls.registry import Definition, definitions
from evidence.facts.fact import Fact
from evidence.readings import Reading
from integrations.errors import Fault
from integrations.registry import load_connector
from integrations.services.leases import Progress
from integrations.transport.closing import closed_afterwards
from integrations.transport.context import Context
from integrations.transport.contract import Setting
from integrations.transport.spool import Spool
from integrations.transport.streams import read_streams

CADENCE_MINUTES = 60  # only says when a stream would become stale, which one look never does
TOKENS = ("GH_TOKEN", "GITHUB_TOKEN")  # as GitHub's own command line looks for them


@dataclass(frozen=True, slots=True)
class Row:
    """One check's answer about one subject."""

    check_id: str
    kind: str
    subject: str
    region: str
    outcome: str
    reason: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CheckSeen:
    """What a check came to over its whole population."""

    definition: Definition
    state: CheckState
    detail: str
    population: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read: a whole stream, one partition, or one operation."""

    what: str
    kind: str
    detail: str

    @property
    def offered(self) -> bool:
        """Whether the vendor offers it to this account at all: what a plan does not include is no failure to read."""
        return self.kind != "not_licensed"


@dataclass(slots=True)
class Scan:
    """All that one look found. `calls` counts requests made to the vendor."""

    vendor: str
    at: datetime
    account: str = ""
    account_name: str = ""
    rows: list[Row] = field(default_factory=list)
    checks: list[CheckSeen] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What to look at and as whom. `settings` and `secrets` are the connector's fields; `allow` as OUTGOING_ALLOW."""

    vendor: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)
    allow: tuple[str, ...] = ()


def aws_account(*, endpoint_url: str, regions: Sequence[str], allow: tuple[str, ...]) -> Account:
    """An AWS account with the credentials the AWS tools would find (environment, profile, container, instance)."""
    settings = {"credentials": "ambient", "endpoint_url": endpoint_url, "regions": " ".join(regions)}
    if regions:
        settings["region"] = regions[0]  # a whole-account call has to be sent somewhere, and the others may be closed
    return Account(vendor="aws", settings=settings, allow=_with_host(endpoint_url, allow))


def github_account(*, endpoint_url: str, organization: str, environ: Mapping[str, str], allow: tuple[str, ...]) -> Account:
    """A GitHub organization with the token in GH_TOKEN or GITHUB_TOKEN."""
    token = next((environ[name] for name in TOKENS if environ.get(name)), "")
    settings = {"organization": organization, "base_url": endpoint_url}
    return Account(vendor="github", settings=settings, secrets={"token": token}, allow=_with_host(endpoint_url, allow))


def named_account(
    *, vendor: str, fields: Sequence[Setting], given: Mapping[str, str], environ: Mapping[str, str], allow: tuple[str, ...]
) -> Account:
    """Any other account: plain settings as `given`, secrets from the environment as VENDOR_NAME (`OKTA_TOKEN`), never from a command
    line, where others could read them. Raises ValueError for a setting that the connector does not have or that is a secret."""
    plain, hidden = {each.name for each in fields if not each.secret}, {each.name for each in fields if each.secret}
    for name in given:
        if name in hidden:
            raise ValueError(f"{name} is a secret: put it into the environment as {vendor.upper()}_{name.upper()}.")
        if name not in plain:
            raise ValueError(f"{vendor} has no setting {name}; it has {', '.join(sorted(plain))}.")
    secrets = {name: environ[f"{vendor.upper()}_{name.upper()}"] for name in hidden if environ.get(f"{vendor.upper()}_{name.upper()}")}
    settings = {each.name: each.default for each in fields if each.default and not each.secret} | dict(given)
    for name, value in given.items():
        allow = _with_host(value, allow) if name.endswith("_url") else allow
    return Account(vendor=vendor, settings=settings, secrets=secrets, allow=allow)


def scan(account: Account, checks: Sequence[str] = (), now: datetime | None = None) -> Scan:
    """Read what these checks need (all of the vendor's when none is named) and judge it. Faults are in `unread`; nothing is raised
    for them. Raises LookupError for a check that the vendor does not have."""
    found = Scan(account.vendor, now or datetime.now(UTC))
    known = [each for each in definitions().values() if each.vendor == account.vendor and (not checks or each.id in checks)]
    if unknown := sorted(set(checks) - {each.id for each in known}):
        raise LookupError(f"{account.vendor} has no check {', '.join(unknown)}")
    connector_class = load_connector(account.vendor)
    offered = {stream.kind for stream in connector_class.STREAMS}
    kinds = frozenset(kind for each in known for kind in each.kinds) & offered
    with Spool() as spool:
        context = Context(settings=account.settings, secrets=account.secrets, kinds=kinds, spool=spool, allow=account.allow)
        with closed_afterwards(connector_class()) as connector:
            try:
                identity = connector.identify(context)
            except Fault as fault:
                found.unread.append(Unread("the account", fault.kind, fault.detail))
                found.checks = [CheckSeen(each, CheckState.ERROR, fault.detail, 0) for each in known if each.version]
                return found
            found.account, found.account_name = identity.account, identity.account_name
            readings, _fault = read_streams(connector, context, Progress(), CADENCE_MINUTES)
        found.calls = len(context.ledger)
    found.unread = list(_unread(readings))
    _judge_all(found, known, {reading.kind: reading for reading in readings})
    return found


def _unread(readings: Sequence[Reading]) -> Iterator[Unread]:
    for reading in readings:
        faults = list(reading.faults)
        if not reading.complete and not faults:
            yield Unread(reading.kind, "partial_result", "not read to the end")
        for fault in faults:
            place = " in ".join(part for part in (fault.operation, fault.partition) if part)
            yield Unread(f"{reading.kind} ({place})" if place else reading.kind, fault.kind, fault.detail)


def _judge_all(found: Scan, known: Sequence[Definition], readings: Mapping[str, Reading]) -> None:
    facts = {kind: _unique(reading) for kind, reading in readings.items()}
    for definition in known:
        rows = list(_rows(definition, facts, found.at)) if definition.version else []
        found.rows += rows
        seen = _state(definition, rows, readings, found.at)
        found.checks.append(CheckSeen(definition, seen.state, seen.detail, len(rows)))


def _unique(reading: Reading) -> list[Fact]:
    """The facts by subject, the later page winning, as recording does."""
    return list({each.fact.subject: each.fact for each in reading.observations}.values())


def _rows(definition: Definition, facts: Mapping[str, Sequence[Fact]], at: datetime) -> Iterator[Row]:
    others = {other.KIND: facts.get(other.KIND, ()) for other in definition.others}
    for fact in facts.get(definition.kind, ()):
        judgement = judge(definition.module, fact, definition.defaults, at, others)
        yield Row(definition.id, definition.kind, fact.subject, fact.region, judgement.outcome.word, judgement.reason, fact.name)


def _state(definition: Definition, rows: Sequence[Row], readings: Mapping[str, Reading], at: datetime) -> Seen:
    streams = [_seen(readings[kind], at) for kind in sorted(definition.kinds) if kind in readings]
    blind = sight(
        enabled=True, missing=definition.missing if not definition.version else "", needs=definition.needs,
        completeness=definition.completeness, streams=streams, at=at,
    )  # fmt: skip
    counts = counted(Outcome[row.outcome.upper()] for row in rows)
    return check_state(
        blind=blind, passing=counts.passing, failing=counts.failing, not_applicable=counts.not_applicable, unknown=counts.unknown
    )


def _seen(reading: Reading, at: datetime) -> StreamSeen:
    worst = reading.faults[-1] if reading.faults and not reading.complete else None
    return StreamSeen(
        kind=reading.kind, observed_until=at if reading.complete else None, stale_at=None, completeness=reading.completeness,
        trouble=worst.kind if worst else "", trouble_detail=worst.detail if worst else "", denied=reading.denied,
    )  # fmt: skip


def _with_host(endpoint_url: str, allow: tuple[str, ...]) -> tuple[str, ...]:
    """Who names an address on the command line allows it, also inside a private network."""
    host = (urlsplit(endpoint_url).hostname or "").lower() if endpoint_url else ""
    return (*allow, host) if host else allow
