"""Showing the film: one look at each vendor a day through the real recording and judging services, on a simulated clock.

What differed is taken from the film, everything else is recorded again as it was. The raw page behind a fact of the film is the
frame itself; facts that never changed since the first, real reading keep the vendor's own page.
"""

import dataclasses
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib import import_module

from compliance.operate.demo.film.frames import Frame, StreamFrame, read_reel
from compliance.operate.demo.filming import Camera
from compliance.pipeline import pair_people
from compliance.quality.observing import observe_quality
from compliance.trail.actor import OPERATOR
from controls.services.evaluation import evaluate_due
from evidence.facts.fact import Fact
from evidence.readings import FaultSeen, Observed, Reading
from integrations.services.connections import start_connection

DAY = timedelta(days=1)
PAIRED_AFTER = timedelta(minutes=1)
QUALITY = timedelta(days=45)  # evidence about evidence has been looked at since then


@lru_cache(maxsize=256)
def fact_class(kind: str, version: int) -> type[Fact]:
    """The released class of that kind and version. Raises LookupError when there is none."""
    module = import_module(f"evidence.facts.{kind}.v{version}")
    for each in vars(module).values():
        if isinstance(each, type) and issubclass(each, Fact) and kind == each.KIND and version == each.VERSION:
            return each
    raise LookupError(f"evidence/facts/{kind}/v{version}.py defines no fact of kind {kind}")


class Projector:
    """One vendor's film before one connection. Made after the first, real reading."""

    def __init__(self, camera: Camera, start: datetime, until: datetime, minute: int) -> None:
        self.camera, self.start = camera, start
        self.frames = [frame for frame in read_reel(camera.connection.vendor, start) if self._at(frame) <= until]
        self.minute = minute
        self.shut_out = False
        self.facts: dict[str, dict[str, Observed]] = {
            kind: {each.fact.subject: each for each in reading.observations} for kind, reading in camera.last.items()
        }

    def looks(self, until: datetime) -> Iterable[tuple[datetime, Callable[[], None]]]:
        """Every look of the film with its instant: the daily ones, and those that an event asked for."""
        by_day = {self._at(frame): frame for frame in self.frames if frame.scheduled}
        at = self.start + DAY + timedelta(minutes=self.minute)
        while at <= until:
            frame = by_day.get(at)
            yield at, lambda at=at, frame=frame: self._show(frame, at, daily=True)
            at += DAY
        for frame in self.frames:
            if not frame.scheduled:
                yield self._at(frame), lambda frame=frame: self._show(frame, self._at(frame), daily=False)

    def hold(self, at: datetime) -> None:
        """Look once more at `at`: everything is as it was seen last."""
        self._show(None, at, daily=True)

    def _at(self, frame: Frame) -> datetime:
        return self.start + timedelta(seconds=frame.second)

    def _show(self, frame: Frame | None, at: datetime, *, daily: bool) -> None:
        if frame is not None and frame.fault:
            self.shut_out = True
        elif frame is not None and self.shut_out:
            self.shut_out = False
            start_connection(actor=OPERATOR, connection=self.camera.connection, now=at)
        if self.shut_out:
            if frame is not None:
                self.camera.refused(at, *frame.fault)
            return
        page = json.dumps(dataclasses.asdict(frame), sort_keys=True).encode() if frame is not None else b""
        digest = hashlib.sha256(page).hexdigest()
        shown = {
            stream.kind: self._reading(stream, digest) for stream in (frame.streams if frame else ()) if stream.kind in self.camera.last
        }
        self.camera.last.update(shown)
        kinds = frozenset(self.camera.last) if daily else frozenset(shown)
        if kinds:
            self.camera.record([_moved(self.camera.last[kind], at, kind in shown) for kind in sorted(kinds)], lambda _digest: page, at)

    def _reading(self, stream: StreamFrame, page: str) -> Reading:
        before = self.camera.last[stream.kind]
        known = self.facts.setdefault(stream.kind, {})
        touched: list[str] = []
        for subject, changed in stream.changed.items():
            if subject in known:
                fact = known[subject].fact
                known[subject] = Observed(type(fact).load({**fact.payload(), **changed}), (page,), known[subject].observed_at)
                touched.append(subject)
        for payload in stream.new:
            fact = fact_class(stream.kind, stream.version).load(payload)
            known[fact.subject] = Observed(fact, (page,), None)
            touched.append(fact.subject)
        for subject in stream.gone:
            known.pop(subject, None)
        observations = list(known.values()) if stream.mode == "snapshot" else [known[subject] for subject in touched]
        return Reading(
            vendor=before.vendor, kind=stream.kind, mode=stream.mode, complete=stream.complete, completeness=stream.completeness,
            observations=observations if stream.complete or stream.mode != "snapshot" else [], faults=[FaultSeen(*each) for each in stream.faults],
            skips=[tuple(each) for each in stream.skips], cursor=stream.cursor, staleness_seconds=before.staleness_seconds,
            denied=frozenset(stream.denied),
        )  # fmt: skip


def _moved(reading: Reading, at: datetime, shown: bool) -> Reading:
    """The reading as of `at`. Of what the frame does not speak nothing changed, which recording need not find out; what an incremental
    stream brought is brought once."""
    if not shown:
        return dataclasses.replace(
            reading, observations=reading.observations if reading.mode == "snapshot" else (), cursor=None, as_before=True
        )
    observations = [dataclasses.replace(each, observed_at=at) if each.observed_at else each for each in reading.observations]
    return dataclasses.replace(reading, observations=observations)


def show(projectors: Iterable[Projector], until: datetime, between: Callable[[datetime], None]) -> None:
    """Show all films together in order of time. `between` is called before each day's looks: what people decided meanwhile. After them
    people are joined across the systems."""
    by_day: dict[date, list[tuple[datetime, Callable[[], None]]]] = defaultdict(list)
    for projector in projectors:
        for at, look in projector.looks(until):
            by_day[at.date()].append((at, look))
    for day, looks in sorted(by_day.items()):
        looks.sort(key=lambda each: each[0])
        evaluate_due(now=looks[0][0])
        between(looks[0][0])
        for _at, look in looks:
            look()
        if day.toordinal() % 2:  # what is joined holds as long as the looks it joins: three days
            conclude(looks[-1][0], quality=until - looks[-1][0] < QUALITY)


def conclude(at: datetime, *, quality: bool) -> None:
    """After a round of looks: who is who now, and what is to be said about the evidence itself."""
    pair_people(at + PAIRED_AFTER)
    if quality:
        observe_quality(at + 2 * PAIRED_AFTER)
