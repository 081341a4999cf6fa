"""Persons out of the records of personnel systems: several records of one person become one, but only where that is certain.

Pure: payloads of `person` facts in, `PersonSeen` out.
"""

import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from evidence.facts import instants
from people.systems import normal


@dataclass(frozen=True, slots=True)
class HrRecord:
    """One record of one personnel system. `key` is system, account and the system's id, joined by “/”."""

    key: str
    payload: Mapping[str, Any]

    @property
    def hired(self) -> str:
        """First day, "" when unknown."""
        return self.payload.get("hired") or ""

    @property
    def last_day(self) -> str:
        """Last working day, "" when none is set or known."""
        return self.payload.get("last_day") or ""


@dataclass(slots=True)
class PersonSeen:
    """One person. `records`: the latest employment first. `key` is the one of the earliest record, so that it stays."""

    key: str
    records: list[HrRecord]
    work_emails: tuple[str, ...] = ()
    other_emails: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    spans: list[tuple[str | None, str | None]] = field(default_factory=list)  # (starts, ends) per record, as instants

    @property
    def current(self) -> Mapping[str, Any]:
        """The payload of the latest employment."""
        return self.records[0].payload

    @property
    def name(self) -> str:
        """For people."""
        return self.current.get("name") or self.current["subject"]


def persons_of(records: Iterable[HrRecord], zone: zoneinfo.ZoneInfo) -> list[PersonSeen]:
    """Persons in order of key. Two records are one person's where they carry the same employee number, or the same work e-mail and name
    with employments that follow each other; an address alone makes nobody the same person."""
    groups: list[list[HrRecord]] = []
    by_number: dict[str, list[HrRecord]] = {}
    by_email: dict[tuple[str, str], list[list[HrRecord]]] = defaultdict(list)
    for record in sorted(records, key=lambda each: (each.hired, each.key)):
        number, who = _number(record), (normal(record.payload.get("work_email")), normal(record.payload.get("name")))
        group = by_number.get(number) if number else None
        if group is None and all(who):
            group = next((each for each in by_email[who] if _follows(record, each)), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(record)
        if number:
            by_number[number] = group
        if all(who) and group not in by_email[who]:
            by_email[who].append(group)
    return sorted((_person(group, zone) for group in groups), key=lambda each: each.key)


def starts_at(payload: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> str | None:
    """The begin of the first day in the person's zone, None when unknown."""
    return _edge(payload.get("hired"), zone_of(payload, zone), 0)


def ends_at(payload: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> str | None:
    """The effective end: the time that the personnel system gives, else the end of the last working day in the person's zone. "" while
    no end is set; None when somebody is said to be gone and no day is known."""
    if payload.get("ended_at"):
        return str(payload["ended_at"])
    if payload.get("last_day"):
        return _edge(payload["last_day"], zone_of(payload, zone), 1)
    return None if payload.get("status") == "terminated" else ""


def zone_of(payload: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> zoneinfo.ZoneInfo:
    """The person's zone, the organization's where none (or none that exists) is known."""
    try:
        return zoneinfo.ZoneInfo(payload["zone"]) if payload.get("zone") else zone
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zone


def day_edge(day: str, payload: Mapping[str, Any], zone: zoneinfo.ZoneInfo, after: int = 0) -> str | None:
    """The begin of a day in the person's zone as an instant, `after` days later; None for what is no day."""
    return _edge(day, zone_of(payload, zone), after)


def _edge(day: str | None, zone: zoneinfo.ZoneInfo, after: int) -> str | None:
    if not day:
        return None
    try:
        midnight = datetime.combine(date.fromisoformat(day[:10]) + timedelta(days=after), time.min, zone)
        return instants.to_text(midnight)
    except (ValueError, OverflowError):
        return None


def _number(record: HrRecord) -> str:
    return (record.payload.get("employee_number") or "").strip()


def _follows(record: HrRecord, group: list[HrRecord]) -> bool:
    """Whether the record begins after every employment of the group has ended."""
    return bool(record.hired) and all(each.last_day and each.last_day < record.hired for each in group)


def _person(group: list[HrRecord], zone: zoneinfo.ZoneInfo) -> PersonSeen:
    latest = sorted(group, key=lambda each: (each.hired, each.key), reverse=True)
    work = dict.fromkeys(normal(each.payload.get("work_email")) for each in latest)
    other = dict.fromkeys(normal(address) for each in latest for address in each.payload.get("other_emails") or ())
    return PersonSeen(
        key=group[0].key,
        records=latest,
        work_emails=tuple(each for each in work if each),
        other_emails=tuple(each for each in other if each and each not in work),
        numbers=tuple(dict.fromkeys(_number(each) for each in latest if _number(each))),
        spans=[(starts_at(each.payload, zone), ends_at(each.payload, zone)) for each in latest],
    )
