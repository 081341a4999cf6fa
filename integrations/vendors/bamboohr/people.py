"""Reads the roster: everybody with history, the roster as a whole, and the feed of changes."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from evidence.facts import instants
from evidence.facts.fact import Fact
from evidence.facts.person.v1 import Person
from integrations.errors import Fault, SchemaDrift
from integrations.transport.contract import Completeness, Mode, Observation, Stream
from integrations.vendors.bamboohr.collectors import names
from integrations.vendors.bamboohr.collectors.changes import v1 as changes
from integrations.vendors.bamboohr.collectors.people import v1 as collector
from integrations.vendors.bamboohr.collectors.people.v1 import Entered
from integrations.vendors.bamboohr.collectors.values import day, instant, text
from integrations.vendors.bamboohr.reading import Reading, Row, rows_of
from integrations.vendors.bamboohr.records import records, some
from integrations.vendors.bamboohr.redactions import CHANGED, DATA, FIELDS, JOBS, LIST, ONE, STATUSES

NEVER = (
    "Pay, bank and tax data, birth dates, identity and insurance numbers, home addresses and private contacts, gender, family, health, "
    "time off, reasons for leaving and comments are neither asked for nor kept."
)
STREAMS = (
    Stream(
        kind="person",
        title="People, those who left included",
        operations=(LIST, FIELDS, DATA, ONE, STATUSES, JOBS, CHANGED),
        completeness=Completeness.TOTAL,
        never=NEVER,
    ),
    Stream(kind="roster", title="The roster as a whole", operations=(LIST, FIELDS, DATA, STATUSES), completeness=Completeness.TOTAL),
    Stream(
        kind="person_change",
        title="Changes of records",
        operations=(CHANGED,),
        completeness=Completeness.LAST_PAGE,
        mode=Mode.INCREMENTAL,
        keeps="BambooHR tells the latest change of each record, whenever it was.",
        never="What was changed is not in the feed.",
    ),
)
OVERLAP = timedelta(minutes=5)  # a change that was being written while the feed was read
A_WEEK = timedelta(days=7)
KEPT_DAYS = 10  # readings whose counts are remembered
FIRST = datetime(2000, 1, 1, tzinfo=UTC)


def people(reading: Reading) -> Iterator[Observation]:
    """Every person with what the histories tell. Of a targeted run only those named, each asked for singly."""
    yield from reading.observed(_made(reading), "person")


def _made(reading: Reading) -> list[tuple[Fact, Sequence[str]]]:
    only = reading.context.only.get("person")
    made = _facts(reading, None if only is None else some(reading, only))
    if only is None:
        held = records(reading)
        reading.context.achieved("person", held.listed.completeness.value)
        if held.listed.total is not None:
            reading.context.expect("person", held.listed.total)
    return [(person, pages) for person, pages in made]


def _facts(reading: Reading, rows: Sequence[tuple[Row, tuple[str, ...]]] | None) -> list[tuple[Person, tuple[str, ...]]]:
    """Facts of these records, or of all: made once a run, since the roster counts them too."""
    if rows is None:
        return reading.memo("people", lambda: _people(reading, records(reading).rows, "all"))
    found: list[tuple[Person, tuple[str, ...]]] = []
    for record, pages in rows:
        found += _people(reading, [(record, pages)], text(record, names.ID) or "")
    return found


def _people(reading: Reading, rows: Sequence[tuple[Row, tuple[str, ...]]], whose: str) -> list[tuple[Person, tuple[str, ...]]]:
    statuses = reading.part("person", STATUSES, lambda: _table(reading, STATUSES, whose))
    jobs, entered, told = None, {}, {}
    if "person" in reading.context.kinds:  # the roster as a whole does without
        jobs = reading.part("person", JOBS, lambda: _table(reading, JOBS, whose))
        entered, told = _entered(reading, rows, statuses, whole=whose == "all")
    choices, found = reading.choices, []
    for place, (record, pages) in enumerate(rows, 1):
        number = text(record, names.ID) or ""
        made = reading.sound(
            "person",
            DATA,
            lambda record=record, number=number: collector.person(
                record,
                statuses.get(number, ((), ""))[0] if statuses is not None else None,
                jobs.get(number, ((), ""))[0] if jobs is not None else None,
                choices,
                entered.get(number),
            ),
            f"row {place}",
        )
        if isinstance(made, Person):
            tables = tuple(each.get(number, ((), ""))[1] for each in (statuses, jobs) if each is not None)
            found.append((made, (*pages, *tables, told.get(number, ""))))
    if whose != "all":
        return [(_with_manager(reading, person), pages) for person, pages in found]
    whole = collector.with_managers([person for person, _pages in found])
    of_person = {person.subject: pages for person, pages in found}
    return [(person, (*pages, *of_person.get(person.manager or "", ()))) for person, (_before, pages) in zip(whole, found, strict=True)]


def _with_manager(reading: Reading, person: Person) -> Person:
    """Of a person read alone, the manager's status is asked for as well."""
    if not person.manager:
        return person
    seen = some(reading, frozenset({person.manager}))
    managers = [(record, pages) for record, pages in seen if text(record, names.STATUS)]
    if not managers:
        return person
    choices = reading.choices
    statuses = reading.part("person", STATUSES, lambda: _table(reading, STATUSES, person.manager or ""))
    rows = statuses.get(person.manager, ((), ""))[0] if statuses is not None else None
    made = reading.sound("person", ONE, lambda: collector.person(managers[0][0], rows, None, choices), person.manager)
    return collector.with_managers([person, made])[0] if isinstance(made, Person) else person


def _table(reading: Reading, operation: str, whose: str) -> Mapping[str, tuple[Sequence[Row], str]]:
    """Rows of a history table by employee, with their page."""

    def read() -> Mapping[str, tuple[Sequence[Row], str]]:
        page = reading.client.call(operation, path={"id": whose}, kind="person")
        by_person: dict[str, list[Row]] = defaultdict(list)
        for row in rows_of(page):
            by_person[text(row, "employeeId") or ""].append(row)
        return {number: (rows, page.digest) for number, rows in by_person.items() if number}

    return reading.memo((operation, whose), read)


# -- when an end was entered ---------------------------------------------------------------------------------------------


def _entered(
    reading: Reading, rows: Sequence[tuple[Row, tuple[str, ...]]], statuses: Mapping[str, tuple[Sequence[Row], str]] | None, *, whole: bool
) -> tuple[Mapping[str, Entered], Mapping[str, str]]:
    """When each end was entered, as far as the feed of changes tells: it names only a record's latest change, so what was seen at the first
    reading that showed the end is remembered in the stream's cursor. With the page of the feed for those whom it told of."""
    cursor = reading.context.cursor("person")
    since, known = cursor.get("since", ""), _known(cursor.get("ended", ""))
    feed = reading.part("person", CHANGED, lambda: _feed(reading, since or instants.to_text(FIRST) or ""))
    if feed is None:
        return {}, {}
    choices, found = reading.choices, {}
    told: dict[str, str] = {}
    for record, _pages in rows:
        number = text(record, names.ID) or ""
        history = statuses.get(number, ((), ""))[0] if statuses is not None else ()
        made = _quiet(record, history, choices)
        if not number or made is None or not made.last_day:
            continue
        held, changed = known.get(number), instant(feed[0].get(number, {}), "lastChanged")
        if held is not None and held.last_day == made.last_day:
            found[number] = held
        elif changed is not None:
            found[number] = Entered(made.last_day, changed, since)
            told[number] = feed[2]
    if whole:
        latest = feed[1] or since
        ended = {number: [each.last_day, each.at, each.after] for number, each in sorted(found.items())}
        reading.context.advance("person", {"since": latest, "ended": json.dumps(ended, separators=(",", ":"))})
    return found, told


def _quiet(record: Row, history: Sequence[Row], choices: collector.Choices) -> Person | None:
    try:
        return collector.person(record, history, None, choices)
    except (KeyError, TypeError, ValueError):  # whoever makes the fact reports it
        return None


def _known(text_: str) -> Mapping[str, Entered]:
    try:
        held = json.loads(text_) if text_ else {}
        return {number: Entered(*map(str, each)) for number, each in held.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _feed(reading: Reading, since: str) -> tuple[Mapping[str, Row], str, str]:
    """Entries by employee, the feed's latest instant, and the page."""

    def read() -> tuple[Mapping[str, Row], str, str]:
        page = reading.client.call(CHANGED, query={"since": since}, kind="person")
        held = page.data.get("employees") if isinstance(page.data, dict) else None
        if isinstance(held, list) and not held:
            held = {}  # PHP writes an empty map as a list
        if not isinstance(held, dict):
            raise SchemaDrift("the feed of changes holds no changes", operation=CHANGED)
        entries = {str(number): row for number, row in held.items() if isinstance(row, dict)}
        return entries, instant(page.data, "latest") or "", page.digest

    return reading.memo(("changed", since), read)


def change_feed(reading: Reading) -> Iterator[Observation]:
    """What changed since the last reading, or since the run's own start where there was none."""
    start = reading.context.cursor("person_change").get("since") or instants.to_text(reading.context.since or FIRST) or ""
    since = instants.to_text(instants.from_text(start) - OVERLAP) or start
    entries, latest, page = _feed(reading, since)
    for number, row in sorted(entries.items()):
        made = reading.sound("person_change", CHANGED, lambda number=number, row=row: changes.change(number, row), number)
        if made is not None:
            yield from reading.observed([(made, (page,))], "person_change")
    reading.context.advance("person_change", {"since": max(latest, start)})


# -- the roster as a whole -----------------------------------------------------------------------------------------------


def roster(reading: Reading) -> Iterator[Observation]:
    """One fact: how many, read when, and how many a week before."""
    made = _facts(reading, None)
    held = records(reading)
    if held.listed.total is not None and held.listed.total != len(made):
        raise SchemaDrift(f"BambooHR counts {held.listed.total} people and {len(made)} could be read", operation=DATA)
    for fault in _barring(reading):
        raise fault
    today = reading.context.now().date()
    counts = _counts(reading.context.cursor("roster").get("counts", ""))
    fact = collector.roster(
        reading.client.session.company, [person for person, _pages in made], today.isoformat(), _before(counts, today.isoformat())
    )
    counts[today.isoformat()] = fact.active or 0
    kept = dict(sorted(counts.items())[-KEPT_DAYS:])
    reading.context.advance("roster", {"counts": json.dumps(kept, separators=(",", ":"))})
    reading.context.achieved("roster", held.listed.completeness.value)
    pages = tuple(dict.fromkeys(digest for _record, digests in held.rows for digest in digests))
    yield from reading.observed([(fact, pages)], "roster")


def _barring(reading: Reading) -> list[Fault]:
    """Faults of single records: with one unread, the roster was not read to the end."""
    return [each for each in reading.context.faults("person") if each.partition]


def _counts(text_: str) -> dict[str, int]:
    try:
        held = json.loads(text_) if text_ else {}
        return {name: count for name, count in held.items() if day({"x": name}, "x") and isinstance(count, int)}
    except (ValueError, AttributeError):
        return {}


def _before(counts: Mapping[str, int], today: str) -> tuple[str, int] | None:
    past = sorted(each for each in counts if each < today)
    week_ago = (datetime.fromisoformat(today) - A_WEEK).date().isoformat()
    chosen = next((each for each in reversed(past) if each <= week_ago), past[0] if past else None)
    return (chosen, counts[chosen]) if chosen is not None else None


READERS = {"person": people, "roster": roster, "person_change": change_feed}
