"""Pairing: who is who across all systems, worked out anew in one linear pass and recorded as facts of the platform itself.

The joined facts are recorded like any vendor's (vendor `people`, the organization as account), so that they have history, a place in
the log and verdicts. What did not change is not written again.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection

from compliance.tenancy import scope
from compliance.tenancy.models import Organization
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor
from compliance.trail.names import ActionName
from controls.selectors.checks import all_checks
from evidence.facts import instants
from evidence.facts.access_grant.v1 import AccessGrant
from evidence.facts.account_holder.v1 import AccountHolder
from evidence.facts.fact import Fact
from evidence.facts.merge_actor.v1 import MergeActor
from evidence.facts.person_access.v1 import PersonAccess
from evidence.facts.privilege.v1 import Privilege
from evidence.readings import Observed, Reading
from evidence.selectors.demand import is_demanded
from evidence.selectors.records import facts_of_stream, facts_saying
from evidence.selectors.streams import streams_of_kinds, unmarked_stale
from evidence.services.demand import Wanted, _want
from evidence.services.runs import Account as VendorAccount
from evidence.services.runs import record_run, start_run
from people.deriving import Company, Entered, account_facts, grant_facts, merge_facts, person_facts, privilege_facts
from people.matching import Decided, match_all
from people.models import Decision, PairingDue, RegisterEntry, UnusedSystem
from people.roster import HrRecord, persons_of
from people.services.storing import Change, _store, find_changes, load_stored, since_of
from people.systems import (
    ACCOUNT_KINDS,
    CATEGORIES,
    CATEGORY_NAMES,
    DISABLING,
    ENABLING,
    GRANTING,
    HR,
    READ_KINDS,
    ROSTERS,
    SUPPORTING_KINDS,
    TOLD_EVENTS,
    Beside,
    Seen,
    category_of,
    last_disabled,
    note_beside,
    read_account,
)

if TYPE_CHECKING:
    from evidence.models import Run, Stream

VENDOR = "people"
CONNECTOR_VERSION = "1"
DERIVED: tuple[type[Fact], ...] = (PersonAccess, AccountHolder, Privilege, AccessGrant, MergeActor)
UNKNOWN_PREFIX = "system: "  # before a category's name in `denied`, as checks name it in `needs`
SETTLED = timedelta(days=3)  # a merge so old is worked out again only when who is who changed
NOTHING_TURNS = timedelta(days=30)
BLIND = frozenset({"permission_missing", "auth_expired", "auth_revoked", "misconfigured"})


def pair(*, now: datetime, actor: Actor = SYSTEM) -> "Run":
    """Work out for the organization in scope who is who, keep it, and record the joined facts. Returns the recorded run: the caller has
    it judged and ended. One pass over everything; cost grows with persons and accounts, writes with what changed. One at a time for
    an organization: who comes second waits, and finds what the first one wrote."""
    with _alone():
        return _pair(now, actor)


@contextmanager
def _alone() -> Iterator[None]:
    name = f"plumbline pairing {scope.organization_id()}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _pair(now: datetime, actor: Actor) -> "Run":
    streams = [each for each in streams_of_kinds("", READ_KINDS) if each.vendor != VENDOR]
    read, unread, turns = sight_of(streams, now)
    beside, events = _beside(streams)
    records, accounts = _rosters(streams, beside)
    organization = Organization.objects.get(pk=scope.organization_id())
    persons = persons_of(records, organization.zone)
    decided = _decided()
    matches = match_all(persons, accounts, decided)
    stored = load_stored()
    since = {each.key: since_of(matches[each.key], stored.accounts.get(each.key), now) for each in accounts}
    texts = {moment: instants.to_text(moment) or "" for moment in set(since.values())}
    company = Company(
        zone=organization.zone, persons=persons, accounts=accounts, matches=matches, decided=decided,
        since={key: texts[moment] for key, moment in since.items()}, entries=_entries(), read=read, unread=unread,
    )  # fmt: skip
    change = find_changes(company, stored, since)
    waiting = PairingDue.objects.exists()
    if change.some or waiting:
        with action(ActionName.PEOPLE_PAIRED, actor=actor, detail=_told(change)):
            _store(change, now)
            if waiting:
                PairingDue.objects.filter(asked_at__lte=now).delete()
    return _record(company, streams, events, change, _staleness(turns, now), now, actor)


def is_pairing_wanted() -> bool:
    """Whether there is anybody to join: a personnel system or an identity provider was read, ever."""
    return any(each.vendor != VENDOR for each in streams_of_kinds("", ("person", "identity")))


def is_pairing_due(now: datetime) -> bool:
    """Whether joined facts have to be worked out although nothing was read: a source became stale, or somebody decided something."""
    if PairingDue.objects.filter(asked_at__lte=now).exists():
        return True
    stale = any(vendor != VENDOR and kind in READ_KINDS for vendor, kind, _since in unmarked_stale(now))
    return stale and is_pairing_wanted()


def is_read_by_pairing(kinds: Iterable[str]) -> bool:
    """Whether any of these fact kinds is joined."""
    return not set(kinds).isdisjoint(READ_KINDS)


def demand_sources(*, actor: Actor = SYSTEM) -> bool:
    """Demand of every vendor the kinds that pairing reads, once a check of the joined facts is in use. Returns whether any was new."""
    if not any(each.check_id.startswith("x.") for each in all_checks()):
        return False
    wanted = [Wanted("", kind, "none", VENDOR) for kind in READ_KINDS]
    if is_demanded(VENDOR, len(wanted)):
        return False
    with action(ActionName.PEOPLE_PAIRED, actor=actor, detail={"demanded": list(READ_KINDS)}):
        _want(wanted)
    return True


def sight_of(streams: Sequence["Stream"], now: datetime) -> tuple[tuple[str, ...], tuple[str, ...], datetime | None]:
    """(names of categories read whole now, names of those that should be and are not, when the first of them turns). A category is read
    where it has a roster and every stream of its accounts was read whole and not too long ago. What the company does not have is not
    waited for."""
    found: dict[str, list[bool]] = defaultdict(list)
    turns: list[datetime] = []
    for stream in streams:
        if stream.kind not in ("person", *ACCOUNT_KINDS) or stream.trouble == "not_licensed":
            continue
        fresh = stream.observed_until is not None and stream.stale_at is not None and stream.stale_at > now and stream.trouble not in BLIND
        if stream.kind in ROSTERS or not fresh:
            found[category_of(stream.vendor, stream.kind)].append(fresh)
        if fresh:
            turns.append(stream.stale_at)
    unused = set(UnusedSystem.objects.values_list("category", flat=True))
    read = tuple(each for each in CATEGORIES if found.get(each) and all(found[each]))
    unread = tuple(CATEGORY_NAMES[each] for each in CATEGORIES if each not in read and each not in unused)
    return read, unread, min(turns, default=None)


def _staleness(turns: datetime | None, now: datetime) -> int:
    return int(((turns - now) if turns is not None else NOTHING_TURNS).total_seconds())


def _beside(streams: Sequence["Stream"]) -> tuple[dict[uuid.UUID, Beside], list[dict[str, Any]]]:
    """What supporting facts say, by source; and the lifecycle and grant events of the logs."""
    beside: dict[uuid.UUID, Beside] = defaultdict(Beside)
    events: list[dict[str, Any]] = []
    for stream in streams:
        if stream.kind == "identity_event":
            own = [orjson.loads(text) for text in facts_saying(stream.pk, TOLD_EVENTS)]
            events += own
            beside[stream.source_id].disabled = _disabled(own)
        elif stream.kind in SUPPORTING_KINDS:
            if stream.kind in ("access_key", "access_token") and stream.observed_until is not None:
                beside[stream.source_id].secrets = beside[stream.source_id].secrets or {}
            for row in facts_of_stream(stream.pk, stream.kind):
                note_beside(stream.kind, orjson.loads(row.fact), beside[stream.source_id])
    return beside, events


def _disabled(events: Sequence[dict[str, Any]]) -> dict[str, str]:
    by_target: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for event in events:
        if event.get("event") in DISABLING | ENABLING and event.get("at") and event.get("outcome") in ("success", ""):
            by_target[event.get("target") or ""].append((event["at"], event["event"]))
    return {target: at for target, own in by_target.items() if (at := last_disabled(own)) is not None}


def _rosters(streams: Sequence["Stream"], beside: dict[uuid.UUID, Beside]) -> tuple[list[HrRecord], list[Seen]]:
    records: list[HrRecord] = []
    accounts: list[Seen] = []
    for stream in sorted(streams, key=lambda each: (each.vendor, each.source.account, each.kind)):
        vendor, source = stream.vendor, stream.source.account
        if category_of(vendor, stream.kind) == HR:
            for row in facts_of_stream(stream.pk, stream.kind):
                payload = orjson.loads(row.fact)
                records.append(HrRecord(f"{vendor}/{source}/{payload['subject']}", payload))
        elif stream.kind in ACCOUNT_KINDS:
            own = beside[stream.source_id]
            for row in facts_of_stream(stream.pk, stream.kind):
                accounts.append(read_account(stream.kind, vendor, source, row.subject_id, orjson.loads(row.fact), own))
    return records, accounts


def _decided() -> dict[str, Decided]:
    fields = (
        "account__key", "kind", "person__key", "decided_by", "since", "reason", "owner__name", "kept_in", "expires_at",
    )  # fmt: skip
    return {
        key: Decided(
            kind=kind, person=person or "", by=by, on=f"{since:%Y-%m-%d}", reason=reason, owner=owner or "", kept_in=kept_in,
            expires=instants.to_text(expires) or "",
        )
        for key, kind, person, by, since, reason, owner, kept_in, expires in Decision.objects.filter(ended_at=None).values_list(*fields)
    }  # fmt: skip


def _entries() -> list[Entered]:
    fields = ("id", "person__key", "account__key", "system", "role", "approver", "reason", "expires_at")
    return [
        Entered(str(pk), person or "", account or "", system, role, approver, reason, instants.to_text(expires) or "")
        for pk, person, account, system, role, approver, reason, expires in RegisterEntry.objects.filter(ended_at=None)
        .order_by("since", "id")
        .values_list(*fields)
    ]


def _told(change: Change) -> dict[str, Any]:
    return {
        "persons": len(change.persons), "accounts": len(change.accounts), "paired": len(change.paired), "unpaired": len(change.unpaired),
        "gone": len(change.gone_accounts),
    }  # fmt: skip


def _record(
    company: Company,
    streams: Sequence["Stream"],
    events: Sequence[dict[str, Any]],
    change: Change,
    staleness: int,
    now: datetime,
    actor: Actor,
) -> "Run":
    started = now
    organization = scope.organization_id()
    denied = frozenset(UNKNOWN_PREFIX + name for name in company.unread)
    changes = list(_payloads(streams, "change"))
    if not change.of_pairing and not company.unread and not _sight_changed(denied):
        settled = instants.to_text(now - SETTLED) or ""
        changes = [each for each in changes if (each.get("merged") or "") >= settled]
    made: dict[type[Fact], tuple[str, Iterator[Fact]]] = {
        PersonAccess: ("snapshot", person_facts(company)),
        AccountHolder: ("snapshot", account_facts(company)),
        Privilege: ("snapshot", privilege_facts(company)),
        AccessGrant: ("incremental", grant_facts(company, events, _tickets(streams, events))),
        MergeActor: ("incremental", merge_facts(company, changes)),
    }
    run = start_run(
        actor=actor, connection_id=organization, vendor=VENDOR, connector_version=CONNECTOR_VERSION,
        kinds=[each.KIND for each in DERIVED], started_by="pairing", now=started,
    )  # fmt: skip
    readings = [
        Reading(
            vendor=VENDOR, kind=fact.KIND, mode=mode, complete=True, completeness="consistent_read",
            observations=[Observed(each) for each in facts], staleness_seconds=max(staleness, 1), denied=denied,
        )
        for fact, (mode, facts) in made.items()
    ]  # fmt: skip
    account = VendorAccount(str(organization), "People across systems", "")
    record_run(actor=actor, run=run, account=account, readings=readings, calls=(), read_page=_no_page, now=now)
    return run


def _sight_changed(denied: frozenset[str]) -> bool:
    """Whether other systems are read whole than when merges were worked out last."""
    return any(set(each.denied) != denied for each in streams_of_kinds(VENDOR, (MergeActor.KIND,)))


def _tickets(streams: Sequence["Stream"], events: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if any(each.get("event") in GRANTING for each in events):
        yield from _payloads(streams, "ticket")


def _payloads(streams: Sequence["Stream"], kind: str) -> Iterator[dict[str, Any]]:
    for stream in streams:
        if stream.kind == kind:
            yield from (orjson.loads(row.fact) for row in facts_of_stream(stream.pk, kind))


def _no_page(digest: str) -> bytes:
    raise LookupError(f"joined facts have no raw page; {digest} was asked for")
