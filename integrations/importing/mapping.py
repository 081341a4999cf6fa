"""Which column becomes which field: suggested by name, decided by a person, kept for the next file."""

import re
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evidence.facts.fact import Fact
from integrations.importing.fields import Field, fields_of
from integrations.importing.refusals import Unreadable
from integrations.importing.table import Table
from integrations.importing.values import FORMATS, written_as

LOOKED_AT = 200  # rows from which the writing of time is suggested
EMPTY = (("unknown", "not known"), ("none", "none, or never"))
# Words by which files of the world call what we call otherwise.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "subject": ("id", "key", "uid", "guid", "identifier", "number", "employeeid", "employeenumber", "asset", "arn"),
    "name": ("fullname", "displayname", "title", "label", "hostname"),
    "work_email": ("email", "mail", "emailaddress", "workemail"), "email": ("mail", "emailaddress"),
    "hired": ("hiredate", "startdate", "joined", "start"), "last_day": ("enddate", "terminationdate", "leftdate", "end", "lastworkingday"),
    "employment": ("employmenttype", "contracttype", "type"), "manager": ("managerid", "supervisor", "reportsto"),
    "title": ("jobtitle", "position", "role"), "zone": ("timezone", "tz"), "location": ("office", "site", "country"),
    "identifier": ("cve", "cveid", "vulnerability", "vulnerabilityid", "advisory", "rule"), "component": ("package", "module", "product"),
    "component_version": ("version", "installedversion"), "found": ("firstseen", "firstdetected", "detected", "discovered", "opened"),
    "closed": ("fixedon", "resolved", "remediated"), "fixed_in": ("fixversion", "fixedversion", "patchedversion"),
    "last_scanned": ("lastscan", "scandate", "scanned"), "state": ("status",), "status": ("state",), "region": ("site", "datacenter"),
    "mfa": ("secondfactor", "2fa", "mfaenabled"), "last_used": ("lastused", "lastuse"), "last_sign_in": ("lastlogin", "lastlogon"),
    "created": ("createdat", "createdon", "creationdate"), "performed": ("date", "testdate"), "tester": ("vendor", "company"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """Where one field comes from: a column, or always the same `constant`. `format` says how points in time are written; `empty` what an
    empty cell means."""

    field: str
    column: str = ""
    constant: str = ""
    format: str = "iso"
    empty: str = "unknown"


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """All choices of a file, and the zone of times that name none."""

    choices: tuple[Choice, ...]
    zone: str = "UTC"
    by_field: Mapping[str, Choice] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_field", {each.field: each for each in self.choices})

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        names = ("field", "column", "constant", "format", "empty")
        return {"zone": self.zone, "choices": [{name: getattr(each, name) for name in names} for each in self.choices]}


def load_map(stored: Mapping[str, Any]) -> ColumnMap:
    """Out of `plain()`."""
    return ColumnMap(tuple(Choice(**each) for each in stored.get("choices", ())), stored.get("zone", "UTC"))


def suggest(fact: type[Fact], table: Table, zone: str, known: ColumnMap | None = None) -> ColumnMap:
    """By name, by what files of the world call it, or as a kept mapping says where its columns are there. No column is given twice. How
    points in time are written is suggested where the first rows leave no doubt."""
    columns = table.columns
    left = list(columns)
    chosen: dict[str, Choice] = {}
    for each in known.choices if known is not None else ():
        if each.constant or each.column in left:
            chosen[each.field] = each
            if each.column in left:
                left.remove(each.column)
    for rule in (_same, _alike):
        for each in fields_of(fact):
            if each.name not in chosen and (column := next((one for one in left if rule(each, one)), None)) is not None:
                left.remove(column)
                written = _written(each, table, column)
                chosen[each.name] = Choice(each.name, column, format=written, empty=usual_empty(each))
    return ColumnMap(tuple(chosen[each.name] for each in fields_of(fact) if each.name in chosen), known.zone if known else zone)


def usual_empty(each: Field) -> str:
    """What an empty cell of that field mostly means: for a last use "never", for an end "none is set", else that nobody knows."""
    return "none" if each.name.startswith("last_") or each.name.endswith("_until") or not each.nullable else "unknown"


def check_map(fact: type[Fact], given: ColumnMap, columns: Sequence[str]) -> None:
    """Raises Unreadable for a mapping that cannot work on these columns."""
    known = {each.name: each for each in fields_of(fact)}
    for each in given.choices:
        if each.field not in known:
            raise Unreadable(f"{fact.KIND} has no field “{each.field}”.")
        if each.column and each.column not in columns:
            raise Unreadable(f"The file has no column “{each.column}”.")
        if each.format not in dict(FORMATS):
            raise Unreadable(f"Choose how “{each.field}” is written.")
        if each.empty not in dict(EMPTY):
            raise Unreadable(f"Choose what an empty “{each.field}” means.")
    missing = [each.label for each in known.values() if each.required and each.name not in given.by_field]
    if missing:
        raise Unreadable(f"Choose a column for {', '.join(missing)}: no fact can be made without.")
    if given.zone not in zoneinfo.available_timezones():
        raise Unreadable(f"“{given.zone[:60]}” is no time zone; use a name such as Europe/Berlin.")


def _written(each: Field, table: Table, column: str) -> str:
    if each.form not in ("instant", "day"):
        return "iso"
    place = table.columns.index(column)
    return written_as(row.cells[place] for row in table.rows[:LOOKED_AT])


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _same(each: Field, column: str) -> bool:
    return _bare(each.name) == _bare(column)


def _alike(each: Field, column: str) -> bool:
    return _bare(column) in SYNONYMS.get(each.name, ())
