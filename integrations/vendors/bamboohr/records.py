"""The roster's records, whichever endpoint the credential may use: the list of employees (OAuth), or the dataset (also an API key).

With OAuth both are read where allowed: the list is the population, the dataset adds the fields that the list does not have.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from integrations.errors import Misconfigured, PermissionMissing, SchemaDrift
from integrations.vendors.bamboohr.client import counted, is_count
from integrations.vendors.bamboohr.collectors import names
from integrations.vendors.bamboohr.collectors.people import v1 as collector
from integrations.vendors.bamboohr.collectors.values import text
from integrations.vendors.bamboohr.reading import Listed, Pass, Reading, Row, rows_of, settled
from integrations.vendors.bamboohr.redactions import DATA, FIELDS, LIST, ONE

LIST_PAGE = 1000
DATA_PAGE = 500
MOST_PAGES = 2000
OWN = {names.FORMER: "former_emails", names.CONTRACT: "contract_end"}


@dataclass(frozen=True, slots=True)
class Records:
    """`rows`: each record by our own meanings, with the pages it came from. `total`: the vendor's own number of them."""

    rows: tuple[tuple[Row, tuple[str, ...]], ...]
    listed: Listed


def records(reading: Reading) -> Records:
    """Everybody, those who left included; read once a run. Raises PermissionMissing, Misconfigured or SchemaDrift."""
    return reading.memo("records", lambda: _records(reading))


def some(reading: Reading, ids: frozenset[str]) -> list[tuple[Row, tuple[str, ...]]]:
    """The records of a few people, each asked for singly. One that is gone is left out."""
    fields = {
        **names.SINGLE,
        **{meaning: reading.client.session.own_fields[name] for meaning, name in OWN.items() if name in reading.client.session.own_fields},
    }
    asked = ",".join(name for meaning, name in fields.items() if meaning != names.ID)
    found = []
    for number in sorted(ids):
        if not number.isdecimal():
            continue
        try:
            page = reading.client.call(ONE, path={"id": number}, query={"fields": asked}, kind="person")
        except PermissionMissing:
            continue
        if isinstance(page.data, dict):
            found.append((collector.from_single(page.data, fields), (page.digest,)))
    return found


def _records(reading: Reading) -> Records:
    if not reading.client.session.is_oauth:
        listed, told = _dataset(reading)
        return Records(tuple((row, (digest, *told)) for row, digest in listed.rows), listed)
    listed = settled(lambda: _walk_list(reading))
    more = reading.part("person", DATA, lambda: _dataset(reading))
    beside, told = more if more is not None else (None, [])
    by_id = {text(row, names.ID): (row, digest) for row, digest in beside.rows} if beside is not None else {}
    rows = []
    for row, digest in listed.rows:
        extra, page = by_id.get(text(row, names.ID), ({}, ""))
        rows.append(({**extra, **row}, (digest, page, *told) if page else (digest,)))
    return Records(tuple(rows), listed)


def _walk_list(reading: Reading) -> Pass:
    found: dict[Hashable, tuple[Row, str]] = {}
    asked = ",".join(name for meaning, name in names.LISTED.items() if meaning not in names.ALWAYS_LISTED)
    after, number, total = "", 0, None
    while True:
        number += 1
        query: dict[str, object] = {"fields": asked, "page[limit]": reading.page_rows or LIST_PAGE}
        if after:
            query["page[after]"] = after
        page = reading.client.call(LIST, query=query, kind="person", page=number)
        for place, row in enumerate(rows_of(page, "data")):
            found[text(row, "employeeId") or (number, place)] = (collector.from_list(row), page.digest)
        total = counted(page.data).total
        following = _cursor(page.data)
        if not following:
            return Pass(found, number, total)
        if following == after or number >= MOST_PAGES:
            raise SchemaDrift("the list of employees offers the same next page again and again", operation=LIST)
        after = following


def _cursor(data: Row) -> str:
    meta = data.get("meta")
    page = meta.get("page") if isinstance(meta, dict) else None
    if not isinstance(page, dict):
        raise SchemaDrift("the list of employees does not say whether there is more", operation=LIST)
    value = page.get("nextCursor")
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _dataset(reading: Reading) -> tuple[Listed, list[str]]:
    """The rows, and the pages that say what the columns are."""
    columns, told = _columns(reading)
    return settled(lambda: _walk_dataset(reading, columns)), told


def _columns(reading: Reading) -> tuple[Mapping[str, str], list[str]]:
    """Meaning -> name of the dataset's field, and the pages that told. Raises PermissionMissing when the user may not see what makes a roster, Misconfigured for
    an own field that does not exist."""
    known: set[str] = set()
    told: list[str] = []
    number, pages = 0, 1
    while number < pages and number < MOST_PAGES:
        number += 1
        page = reading.client.call(FIELDS, path={"datasetName": names.DATASET}, query={"page": number, "page_size": 1000}, page=number)
        told.append(page.digest)
        known |= {text(row, "name") or "" for row in rows_of(page, "fields")}
        pagination = page.data.get("pagination")
        total = pagination.get("total_pages") if isinstance(pagination, dict) else None
        pages = total if is_count(total) else 1
    found = {
        meaning: name for meaning, options in names.IN_DATASET.items() if (name := next((each for each in options if each in known), None))
    }
    missing = names.NEEDED - found.keys()
    if missing:
        said = f"the user may not see {', '.join(sorted(names.IN_DATASET[each][0] for each in missing))} of employees"
        raise PermissionMissing(said, operation=DATA)
    for meaning, name in OWN.items():
        own = reading.client.session.own_fields.get(name)
        if own is not None and own not in known:
            raise Misconfigured(f"BambooHR knows no field “{own}”, or hides it from this user; look at the connection's settings")
        if own is not None:
            found[meaning] = own
    return found, told


def _walk_dataset(reading: Reading, columns: Mapping[str, str]) -> Pass:
    found: dict[Hashable, tuple[Row, str]] = {}
    number, pages, total = 0, 1, None
    while number < pages:
        number += 1
        body = {"fields": sorted(columns.values()), "page": number, "pageSize": reading.page_rows or DATA_PAGE}
        page = reading.client.call(DATA, path={"datasetName": names.DATASET}, body=body, kind="person", page=number)
        for place, row in enumerate(rows_of(page, "data")):
            record = collector.from_dataset(row, columns)
            found[text(record, names.ID) or (number, place)] = (record, page.digest)
        meta = page.data.get("meta")
        total = counted(page.data).total
        last = meta.get("totalPages") if isinstance(meta, dict) else None
        if not is_count(last) or last > MOST_PAGES:
            raise SchemaDrift("the dataset does not say how many pages there are", operation=DATA)
        pages = last
    return Pass(found, number, total)
