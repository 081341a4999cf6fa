"""Shooting the film: the real connector reads the sandbox whenever something happened there; what differed becomes a frame.

A developer's work, done anew when a connector, a fact or the story changes: `manage.py shoot_demo aws github …`. No database is needed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from compliance.operate.demo.film.frames import SHOT_FROM, Frame, StreamFrame
from compliance.operate.demo.film.stages import STAGES, Stage
from evidence.readings import Reading
from integrations.errors import Fault
from integrations.registry import load_connector
from integrations.services.leases import Progress
from integrations.transport.context import Context
from integrations.transport.spool import Spool
from integrations.transport.streams import read_streams

DAY = timedelta(days=1)
AT_ONCE = timedelta(minutes=20)
LENGTH = timedelta(days=372)  # whole weeks: whenever a demo is made, at most a week of the film lies in the future
CADENCE_MINUTES = 1440
LOOPBACK = ("127.0.0.1/32", "localhost")


def shoot(vendor: str, say: Callable[[str], None]) -> list[Frame]:
    """Play the vendor's whole story and return what was seen of it, in order of time."""
    with STAGES[vendor](SHOT_FROM, SHOT_FROM + LENGTH) as stage:
        return _Shooting(vendor, stage, say).run()


class _Shooting:
    def __init__(self, vendor: str, stage: Stage, say: Callable[[str], None]) -> None:
        self.vendor, self.stage, self.say = vendor, stage, say
        self.connector_class = load_connector(vendor)
        self.operations = {stream.kind: stream.operations for stream in self.connector_class.STREAMS}
        defaults = {each.name: each.default for each in self.connector_class.SETTINGS if not each.secret}
        self.settings = {**defaults, **stage.settings}
        self.kinds = frozenset(self.operations)
        self.known: dict[str, dict[str, dict]] = {}
        self.last: dict[str, StreamFrame] = {}
        self.cursors: dict[str, dict[str, str]] = {}
        self.dirty: frozenset[str] = frozenset()
        self.shut_out = False
        self.titles: list[str] = []
        self.frames: list[Frame] = []

    def run(self) -> list[Frame]:
        self._look(SHOT_FROM, self.kinds, scheduled=True)
        if self.shut_out:
            raise RuntimeError(f"{self.vendor} cannot be read at all: {self.frames[0].fault}")
        self.frames.clear()  # the first look is a real one whenever a demo is made
        due = SHOT_FROM + DAY + timedelta(minutes=self.stage.minute)
        for event in sorted(self.stage.events, key=lambda each: each.at):
            while due <= event.at:
                self._look_if_needed(due, scheduled=True)
                due += DAY
            services = event.apply()
            self.dirty |= event.kinds or self._touched(services)
            self.titles += [event.title] if event.title else []
            if event.seen_at_once:
                self._look_if_needed(event.at + AT_ONCE, scheduled=False)
        while due <= SHOT_FROM + LENGTH:
            self._look_if_needed(due, scheduled=True)
            due += DAY
        return self.frames

    def _touched(self, services: set[str] | None) -> frozenset[str]:
        if not services:
            return self.kinds
        return frozenset(kind for kind in self.kinds if any(each.split(":")[0] in services for each in self.operations[kind]))

    def _look_if_needed(self, at: datetime, *, scheduled: bool) -> None:
        troubled = frozenset(kind for kind, stream in self.last.items() if stream.faults)
        kinds = self.kinds if self.shut_out else self.dirty | troubled
        if kinds:
            self._look(at, kinds, scheduled=scheduled)

    def _look(self, at: datetime, kinds: frozenset[str], *, scheduled: bool) -> None:
        self.stage.set_clock(at)
        frame = Frame(second=int((at - SHOT_FROM).total_seconds()), scheduled=scheduled, title="; ".join(self.titles[-3:]))
        with Spool() as spool:
            context = Context(
                settings=self.settings, secrets=self.stage.secrets, kinds=kinds, spool=spool, allow=LOOPBACK, clock=lambda: at,
                since=SHOT_FROM, cursors=self.cursors,
            )  # fmt: skip
            connector = self.connector_class()
            try:
                connector.identify(context)
                readings, _fault = read_streams(connector, context, Progress(), CADENCE_MINUTES)
            except Fault as fault:
                readings = []
                frame.fault = [fault.kind, fault.detail]
            finally:
                getattr(connector, "close", lambda: None)()
        self._keep(frame, readings)

    def _keep(self, frame: Frame, readings: list[Reading]) -> None:
        was_shut_out, self.shut_out = self.shut_out, bool(frame.fault)
        for reading in readings:
            stream = self._difference(reading)
            before = self.last.get(reading.kind)
            if not stream.says_nothing or before is None or (before.complete, before.faults) != (stream.complete, stream.faults):
                frame.streams.append(stream)
            self.last[reading.kind] = stream
        if frame.streams or (self.shut_out and not was_shut_out) or was_shut_out:
            self.frames.append(frame)
            for title in self.titles:
                self.say(f"{frame.second / 86400:6.1f}  {title[:80]}")
        if not self.shut_out:
            self.dirty = frozenset()
        self.titles.clear()

    def _difference(self, reading: Reading) -> StreamFrame:
        known = self.known.setdefault(reading.kind, {})
        stream = StreamFrame(
            reading.kind, reading.mode, reading.complete, reading.completeness, 0, reading.expected,
            [[each.kind, each.detail, each.operation, each.partition] for each in reading.faults], [list(each) for each in reading.skips],
            sorted(reading.denied), dict(reading.cursor) if reading.cursor else None,
        )  # fmt: skip
        seen: set[str] = set()
        for observed in reading.observations:
            payload = observed.fact.payload()
            subject = observed.fact.subject
            stream.version = observed.fact.VERSION
            seen.add(subject)
            before = known.get(subject)
            if before is None:
                stream.new.append(payload)
            elif changed := {name: value for name, value in payload.items() if before.get(name) != value}:
                stream.changed[subject] = changed
            known[subject] = payload
        if reading.complete and reading.mode == "snapshot":
            stream.gone = sorted(known.keys() - seen)
            for subject in stream.gone:
                del known[subject]
        if reading.complete and reading.cursor:
            self.cursors[reading.kind] = dict(reading.cursor)
        return stream
