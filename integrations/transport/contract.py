"""The connector contract: what a connector states about itself and how it is read.

A connector is a class registered by path; the worker loads it by name, so that vendor SDKs never enter the web process.
It reads, never writes; it needs no database and no Django, so that `manage.py scan` runs it alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from evidence.facts.fact import Fact
from integrations.transport.context import Context


class Completeness(StrEnum):
    """How we know that a stream was read whole, best first (connectors.md 3.4). A check may demand a minimum."""

    CONSISTENT_READ = "consistent_read"  # one snapshot at one instant (a credential report)
    TOTAL = "total"  # the vendor's own total equals what was received
    DOUBLE_PASS = "double_pass"  # ids were read twice and agree, so that page drift lost nobody
    LAST_PAGE = "last_page"  # paging ended normally; drift between pages is possible
    NONE = "none"


class Mode(StrEnum):
    """`snapshot`: absent from a complete read means gone. `incremental`: absence means nothing (changes, events)."""

    SNAPSHOT = "snapshot"
    INCREMENTAL = "incremental"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """All facts of one kind out of one source. `operations` are the vendor calls made for it, named as the vendor names
    their permission (`iam:GetCredentialReport`, `GET /orgs/{org}/members`); `never` says in words what is not read."""

    kind: str
    title: str
    operations: tuple[str, ...]
    completeness: Completeness
    mode: Mode = Mode.SNAPSHOT
    partition: str = ""  # "", "region", "repository"
    keeps: str = ""  # how far back the vendor keeps it, in words, for incremental streams
    never: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One field of the connect form. `secret` fields are encrypted, write-only and never shown again.

    What is typed is looked at before it is saved: `flaw` says in a sentence what is wrong with a value ("" when nothing is), `beside`
    names fields that this one needs, and of all fields with the same `either` at least one is needed."""

    name: str
    label: str
    hint: str = ""
    secret: bool = False
    required: bool = True
    multiline: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    flaw: Callable[[str], str] | None = None
    beside: tuple[str, ...] = ()
    either: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are at the vendor, as the vendor says: the account becomes the source, the principal stands on the sheet."""

    account: str  # stable id of the account or organization
    account_name: str
    principal: str  # the identity used
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Whether one operation may be called: `outcome` is ok, missing, not_licensed, unreachable or misconfigured."""

    operation: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A fact with the digests of the raw pages it was made from. `observed_at` is the source's own time where it gives
    one (a report's generation time), else None and the page's receipt counts."""

    fact: Fact
    pages: tuple[str, ...]
    observed_at: datetime | None = None


class Connector(Protocol):
    """What every vendor package offers as `CONNECTOR` in its `connector.py`."""

    KEY: str  # "aws"
    NAME: str  # "Amazon Web Services"
    VERSION: str  # of the collectors; stored with every run
    SETTINGS: tuple[Setting, ...]
    STREAMS: tuple[Stream, ...]

    def identify(self, context: Context) -> Identity:
        """Who the credential is. Raises AuthRevoked, AuthExpired or Misconfigured."""
        ...

    def probe(self, context: Context, kinds: frozenset[str]) -> tuple[Probe, ...]:
        """Per operation that these kinds need: may we call it? Includes safety proofs (ExternalId is demanded)."""
        ...

    def collect(self, context: Context, kind: str) -> Iterator[Observation]:
        """All facts of one kind. Returning normally means: read to the end. Raising a Fault: this stream was not.
        A fault of one partition or one field is passed to `context.fault(...)` and reading goes on: the value stays None,
        the partition makes the stream partial. Calls shared by kinds are made once per run (memoise on the instance;
        an instance serves one run only)."""
        ...

    def close(self) -> None:
        """Called once when the run is over, whatever its end: give connections, clients and threads back. A connector that holds
        none may leave this method out."""
        ...
