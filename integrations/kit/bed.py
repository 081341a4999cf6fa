"""What the kit has to know of a vendor: how its twin is started, what stands in it, and how each trouble is made."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from integrations.errors import Fault
from integrations.transport.context import Context
from integrations.transport.contract import Connector

LOOPBACK = ("127.0.0.0/8",)


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class World:
    """One running twin. `settings` and `secrets` are what a connection to it would hold; `requests` tells everything the twin was
    asked, as the bed's `reads` understands it (`GET /users`); `twin` is the vendor's own handle, for the bed's scripts;
    `clock` is the time by which the connector reads."""

    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    requests: Callable[[], Sequence[str]]
    twin: Any
    clock: Callable[[], datetime] = utc_now


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """How the vendor is made to give one fault: after `script(world)`, reading `kind` meets it. `field` says that it concerns single
    values only: the rows still come, and the stream counts as read."""

    kind: str
    script: Callable[[World], object]
    field: bool = False


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """A value that one permission alone gives: after `script(world)` the rows of `kind` come, and `field` of them is None. `silent`: the
    vendor leaves the value out without a word, so that nobody can name the operation."""

    kind: str
    field: str
    script: Callable[[World], object]
    silent: bool = False


class Bed(ABC):
    """Subclass it beside your twin. Every fault of `integrations.errors` has an entry in `troubles`, or one in `never` that says why
    your vendor cannot give it; what the kit makes itself needs none."""

    connector: ClassVar[type[Connector]]
    counts: ClassVar[Mapping[str, int]]  # seeded subjects by kind; these kinds are read
    paged: ClassVar[frozenset[str]]  # those of them that the twin serves in at least two pages
    drifting: ClassVar[frozenset[str]]  # those of them whose first page can lose a row while the second is fetched
    empties: ClassVar[frozenset[str]]  # those of them that `world(empty=True)` holds none of
    troubles: ClassVar[Mapping[type[Fault], Trouble]]
    never: ClassVar[Mapping[type[Fault], str]] = {}
    unknowns: ClassVar[Sequence[Unknown]] = ()
    private: ClassVar[Sequence[str]] = ()  # values planted in the world that nothing may keep
    reads: ClassVar[re.Pattern[str]] = re.compile(r"(GET|HEAD) .*")  # what the twin may have been asked; all else is a write
    private_file: ClassVar[Path]  # the package's private.yaml
    allow: ClassVar[tuple[str, ...]] = LOOPBACK
    shared: ClassVar[frozenset[str]] = frozenset()  # operations that a run of any kind may begin with

    @abstractmethod
    def world(self, *, empty: bool = False) -> AbstractContextManager[World]:
        """Start the twin with what `counts` says, or with an account as empty as the vendor lets it be."""

    @abstractmethod
    def deny(self, world: World, kind: str) -> object:
        """From now on the vendor refuses the list that `kind` starts from, for want of a permission."""

    @abstractmethod
    def leave(self, world: World, kind: str) -> str:
        """Take away one row of `kind` that stood on the first page. Returns the subject of its fact."""

    @abstractmethod
    def write(self, connector: Connector, context: Context) -> object:
        """Try to change something at the vendor through the connector's own client, which must refuse."""

    def make(self) -> Connector:
        """A connector for one run. Override where it should not really wait between attempts."""
        return self.connector()
