"""Copies from the system log what evidence needs: Okta keeps it for 90 days, an audit's period is longer.

Every reading asks from an hour before the last one's end, since events may reach the log late. Asked for are only the events that say
who came, went, got or lost access or privileges, and how sign-in is governed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from evidence.facts import instants
from integrations.transport.contract import Completeness, Mode, Observation, Stream
from integrations.vendors.okta.client import OktaPage
from integrations.vendors.okta.collectors.events import v1 as collector
from integrations.vendors.okta.reading import Reader, Reading, Row, rows_of

LOGS = "GET /api/v1/logs"
LIMIT = 1000
KEPT = timedelta(days=90)
OVERLAP = timedelta(hours=1)
EVENTS = (
    "application.user_membership.add",
    "application.user_membership.remove",
    "group.privilege.grant",
    "group.privilege.revoke",
    "group.user_membership.add",
    "group.user_membership.remove",
    "policy.lifecycle.activate",
    "policy.lifecycle.create",
    "policy.lifecycle.deactivate",
    "policy.lifecycle.delete",
    "policy.lifecycle.update",
    "policy.rule.activate",
    "policy.rule.add",
    "policy.rule.deactivate",
    "policy.rule.delete",
    "policy.rule.update",
    "system.api_token.create",
    "system.api_token.revoke",
    "user.account.privilege.grant",
    "user.account.privilege.revoke",
    "user.lifecycle.activate",
    "user.lifecycle.create",
    "user.lifecycle.deactivate",
    "user.lifecycle.delete.completed",
    "user.lifecycle.delete.initiated",
    "user.lifecycle.reactivate",
    "user.lifecycle.suspend",
    "user.lifecycle.unsuspend",
    "user.mfa.factor.activate",
    "user.mfa.factor.deactivate",
    "user.mfa.factor.reset_all",
    "user.session.clear",
    "user.session.end",
    "user.session.start",
)
FILTER = " or ".join(f'eventType eq "{each}"' for each in EVENTS)

STREAMS = (
    Stream(
        kind="identity_event",
        title="Events of the system log",
        operations=(LOGS,),
        completeness=Completeness.LAST_PAGE,
        mode=Mode.INCREMENTAL,
        keeps="90 days",
        never="No IP address, place, browser or device of a sign-in; only the kinds of events that checks need.",
    ),
)


def _events(reading: Reading) -> Iterator[Observation]:
    kind = "identity_event"
    now = reading.context.now()
    begin = _begin(reading, kind, now)
    seen: set[str] = set()
    query = {"since": instants.to_text(begin), "until": instants.to_text(now), "limit": LIMIT, "sortOrder": "ASCENDING", "filter": FILTER}
    for page in reading.client.pages(operation=LOGS, query=query, kind=kind):
        yield from reading.facts(kind, _new(page, seen), collector.identity_event)
    reading.context.advance(kind, {"until": instants.to_text(now) or ""})


def _new(page: OktaPage, seen: set[str]) -> list[tuple[Row, OktaPage]]:
    found = []
    for row in rows_of(page):
        number = row.get("uuid")
        if isinstance(number, str) and number in seen:
            continue
        seen.add(number if isinstance(number, str) else "")
        found.append((row, page))
    return found


def _begin(reading: Reading, kind: str, now: datetime) -> datetime:
    """Where to ask from: the last reading's end less the overlap, the period's start at the first; never before what Okta keeps."""
    held = reading.context.cursor(kind).get("until")
    last = instants.from_text(held) if held else None
    begin = last - OVERLAP if last is not None else reading.context.since or now - KEPT
    oldest = now - KEPT
    if last is not None and last < oldest:
        said = f"Okta keeps 90 days of its log; what happened from {held} to {instants.to_text(oldest)} was not read in time and is gone"
        reading.context.skip(kind, f"before {instants.to_text(oldest)}", said)
    return max(min(begin, now), oldest)


READERS: dict[str, Reader] = {"identity_event": _events}
