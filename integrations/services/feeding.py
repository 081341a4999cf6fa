"""Facts that were brought or pushed into the ordinary recording: one run, one action that writes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from compliance.trail.actor import Actor
from evidence.facts.fact import Fact
from evidence.readings import CallMade, FaultSeen, Observed, Reading
from evidence.services.runs import Account, record_run, start_run
from integrations.fed import FED
from integrations.models import Connection
from integrations.services.collecting import remember_source

if TYPE_CHECKING:
    from evidence.models import Run

VERSION = "1"
DAY = 86400


def _connection_of(*, vendor: str, name: str, kind: str, mode: str, fresh_days: int, now: datetime) -> Connection:
    """Inner step of an action: the connection of that name and kind, made where it is new; the source it stands for is the pair."""
    settings = {"kind": kind, "mode": mode, "fresh_days": fresh_days}
    found = Connection.objects.select_for_update().filter(vendor=vendor, name=name, settings__kind=kind).exclude(state="deleted").first()
    if found is None:
        return Connection.objects.create(vendor=vendor, name=name, settings=settings, state="active", created_at=now)
    if found.settings != settings:
        found.settings = settings
        found.save()
    return found


def record_facts(
    *,
    actor: Actor,
    connection: Connection,
    facts: Sequence[Fact],
    pages: Mapping[str, bytes],
    as_of: datetime,
    expected: int,
    refused: str,
    call: CallMade,
    now: datetime,
) -> "Run":
    """Record them as one run of the source (name and kind). `as_of` is the instant they speak for, `now` our clock when they came.
    `refused` says in words what was left out: then nothing is marked gone and coverage does not grow."""
    kind, mode = connection.settings["kind"], connection.settings["mode"]
    run = start_run(
        actor=actor, connection_id=connection.pk, vendor=connection.vendor, connector_version=VERSION, kinds=[kind], started_by=actor.name,
        now=now,
    )  # fmt: skip
    reading = Reading(
        vendor=connection.vendor, kind=kind, mode=mode, complete=not refused, completeness=completeness(connection.vendor, mode),
        observations=[Observed(each, tuple(pages), as_of) for each in facts], expected=expected,
        faults=[FaultSeen("partial_result", refused)] if refused else [], staleness_seconds=connection.settings["fresh_days"] * DAY,
    )  # fmt: skip
    account = Account(f"{kind}/{connection.name}", f"{connection.name} ({kind})", f"{FED[connection.vendor]} by {actor.name}")
    record_run(actor=actor, run=run, account=account, readings=[reading], calls=[call], read_page=pages.__getitem__, now=now)
    remember_source(connection, run, actor)
    return run


def completeness(vendor: str, mode: str) -> str:
    """How a whole list is known to be whole: a file is one document of one moment; of a session, the declared count and hash agreed.
    Additions have no whole."""
    if mode != "snapshot":
        return "last_page"
    return "consistent_read" if vendor == "file" else "total"
