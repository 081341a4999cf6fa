"""Facts about collecting: days, permissions, pages, reconciled populations, clocks. One look at all connected accounts."""

import uuid
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from controls.registry import Definition
from evidence.facts import instants
from evidence.facts.access_scope.v1 import AccessScope, MissingOperation
from evidence.facts.clock_offset.v1 import ClockOffset
from evidence.facts.collection_record.v1 import CollectionRecord
from evidence.facts.fact import Fact
from evidence.facts.population_count.v1 import PopulationCount
from evidence.facts.stream_reading.v1 import StreamReading
from evidence.selectors import quality as evidence
from integrations.cards import cards

if TYPE_CHECKING:
    from evidence.models import Source, Stream

BLINDING = ("permission_missing", "auth_expired", "auth_revoked", "misconfigured")
CUT = "partial_result"
MOST_NAMES = 20
STEP = 5  # seconds
PEOPLE = ("account", "identity", "person")
EVER = datetime(9999, 1, 1, tzinfo=UTC)  # settled by then is everybody
# vendor -> (kind, way in words) twice, with the field that narrows the second: ways that do not know of each other
TWO_WAYS: Mapping[str, tuple[tuple[str, str], tuple[str, str, str, str]]] = {
    "aws": (("account", "the credential report"), ("principal", "the account's authorization details", "form", "user")),
}


@dataclass(frozen=True, slots=True)
class Connected:
    """What is looked at: sources that a connection reads, their streams, last readings, coverage."""

    sources: "Sequence[Source]"
    streams: "Mapping[uuid.UUID, Sequence[Stream]]"
    readings: Mapping[uuid.UUID, evidence.LastReading]
    coverage: Mapping[uuid.UUID, Sequence[tuple[datetime, datetime]]]


def connected(source_ids: Iterable[uuid.UUID], since: datetime) -> Connected:
    """Everything that the facts of this module are made of, in four queries."""
    sources = evidence.sources_of(source_ids)
    streams = evidence.streams_by_source(each.pk for each in sources)
    ids = [stream.pk for each in streams.values() for stream in each]
    return Connected(sources, streams, evidence.last_readings(ids), evidence.coverage_since(ids, since))


def collection_records(seen: Connected, period_start: date | None, zone: zoneinfo.ZoneInfo, now: datetime) -> Iterator[Fact]:
    """One per source: which days of the period it was read whole on."""
    today = now.astimezone(zone).date()
    for source in seen.sources:
        first = source.first_seen_at.astimezone(zone).date()
        since = max(first, period_start) if period_start is not None and period_start <= today else first
        streams = [each for each in seen.streams.get(source.pk, ()) if each.trouble != "not_licensed"]
        days = [_days(seen.coverage.get(stream.pk, ()), zone) for stream in streams]
        whole = set.intersection(*days) if days else set()
        last = max((day for day in whole if day >= since), default=None)
        wanted = (since + timedelta(days=number) for number in range((last - since).days if last else 0))
        following = (last or since - timedelta(days=1)) + timedelta(days=2)
        yield CollectionRecord(
            subject=str(source.pk), name=str(source), vendor=source.vendor, since=since.isoformat(),
            last_day=last.isoformat() if last else "", missing_days=tuple(day.isoformat() for day in wanted if day not in whole),
            next_by=instants.to_text(datetime.combine(following, time.min, zone).astimezone(UTC)),
            never_read=tuple(stream.kind for stream in streams if stream.observed_until is None),
        )  # fmt: skip


def _days(pieces: Sequence[tuple[datetime, datetime]], zone: zoneinfo.ZoneInfo) -> set[date]:
    """Days of which some part was observed."""
    found: set[date] = set()
    for start, end in pieces:
        first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        found.update(first + timedelta(days=number) for number in range((last - first).days + 1))
    return found


def access_scopes(seen: Connected, checks: Sequence[Definition]) -> Iterator[Fact]:
    """One per source: what was refused, and the enabled checks that are blind for it."""
    for source in seen.sources:
        streams = seen.streams.get(source.pk, ())
        missing: dict[str, set[str]] = defaultdict(set)
        for stream in streams:
            refused = set(stream.denied) | ({f"everything of {stream.kind}"} if stream.trouble in BLINDING and not stream.denied else set())
            for operation in refused:
                missing[operation] |= {
                    each.id for each in checks if each.reads_from(source.vendor) and stream.kind in each.kinds
                    and (operation in each.needs or stream.trouble in BLINDING)
                }  # fmt: skip
        yield AccessScope(
            subject=str(source.pk), name=str(source), vendor=source.vendor, read=True if streams else None,
            missing=tuple(MissingOperation(operation=each, checks=tuple(sorted(blind))) for each, blind in sorted(missing.items()) if blind),
        )  # fmt: skip


def stream_readings(seen: Connected) -> Iterator[Fact]:
    """One per stream: whether its last reading followed every page and agrees with the vendor's count."""
    left_open = evidence.open_lists({each.run_id for each in seen.readings.values()})
    for source in seen.sources:
        operations = cards()[source.vendor].operations if source.vendor in cards() else {}
        for stream in seen.streams.get(source.pk, ()):
            reading = seen.readings.get(stream.pk)
            if reading is None:
                continue
            opened, own = left_open[reading.run_id], set(operations.get(stream.kind, ()))
            whole = reading.outcome == "complete"
            yield StreamReading(
                subject=str(stream.pk), name=f"{source}: {stream.kind}", vendor=source.vendor, of_kind=stream.kind, whole=whole,
                trouble="" if whole else (reading.faults[-1] if reading.faults else stream.trouble), cut=CUT in reading.faults,
                short=None if reading.expected is None or not whole else reading.expected != reading.received,
                open_lists=None if opened is None else tuple(sorted(opened & own)) if whole else (),
            )  # fmt: skip


def population_counts(seen: Connected) -> Iterator[Fact]:
    """One per population of people that its vendor counts, and one per source whose vendor offers two ways to its people."""
    for source in seen.sources:
        yield from _counted_by_vendor(source, seen)
        if source.vendor not in TWO_WAYS:
            continue
        (first_kind, first_way), (second_kind, second_way, field, value) = TWO_WAYS[source.vendor]
        by_kind = {stream.kind: stream for stream in seen.streams.get(source.pk, ())}
        first, second = by_kind.get(first_kind), by_kind.get(second_kind)
        about = {"subject": f"{source.pk}:{first_kind}", "name": f"{source}: {first_kind}", "vendor": source.vendor}
        ways = {"first_way": first_way, "second_way": second_way}
        if first is None or second is None or not (first.observed_until and second.observed_until) or first.trouble or second.trouble:
            yield PopulationCount(**about, **ways)
            continue
        settled = min(first.observed_until, second.observed_until)
        one = evidence.settled_names(first.pk, settled)
        other = evidence.settled_names(second.pk, settled, field, value)
        lately = (evidence.settled_names(first.pk, EVER) - one) | (evidence.settled_names(second.pk, EVER, field, value) - other)
        only_one, only_other = sorted(one - other - lately), sorted(other - one - lately)
        yield PopulationCount(
            **about, **ways, first_missing=len(only_other), second_missing=len(only_one), first_only=tuple(only_one[:MOST_NAMES]),
            second_only=tuple(only_other[:MOST_NAMES]),
        )  # fmt: skip


def _counted_by_vendor(source: "Source", seen: Connected) -> Iterator[Fact]:
    """People as listed, and as the vendor counts them beside the list."""
    for stream in seen.streams.get(source.pk, ()):
        reading = seen.readings.get(stream.pk)
        if stream.kind in PEOPLE and reading is not None and reading.expected is not None:
            yield PopulationCount(
                subject=f"{source.pk}:{stream.kind}:total", name=f"{source}: {stream.kind}", vendor=source.vendor, first_way="the list",
                second_way="the vendor's count", first_missing=max(0, reading.expected - reading.received),
                second_missing=max(0, reading.received - reading.expected),
            )  # fmt: skip


def clock_offsets(seen: Connected) -> Iterator[Fact]:
    """One per source: how far the vendor's clock and ours were apart in its last run."""
    runs = {
        source.pk: max(
            (seen.readings[each.pk].run_id for each in seen.streams.get(source.pk, ()) if each.pk in seen.readings), default=None
        )
        for source in seen.sources
    }
    offsets = evidence.clock_offsets(run for run in runs.values() if run is not None)
    for source in seen.sources:
        offset = offsets.get(runs[source.pk])
        seconds = None if offset is None else int(offset // STEP) * STEP
        yield ClockOffset(subject=str(source.pk), name=str(source), vendor=source.vendor, seconds=seconds)
