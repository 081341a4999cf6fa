"""Writing what pairing found: persons, accounts and pairing intervals, set-based and only where something changed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from compliance.seal.digest import sha256
from compliance.tenancy import scope
from compliance.tenancy.staging import stage
from compliance.tenancy.uuid7 import uuid7_texts
from people.deriving import Company
from people.matching import VERSION, Match
from people.models import Account, Pairing, Person
from people.roster import PersonSeen
from people.systems import IDENTITY, Seen

PERSON_FIELDS = (
    "key", "name", "email", "employee_number", "employment", "status", "department", "title", "manager", "location", "zone", "starts", "ends",
    "end_entered", "revoked_at", "on_leave", "records", "accounts", "live_accounts", "privileged", "without_mfa",
)  # fmt: skip
STAGED_PERSON = (
    "key text, name text, email text, employee_number text, employment text, status text, department text, title text, manager text, "
    "location text, zone text, starts timestamptz, ends timestamptz, end_entered timestamptz, revoked_at timestamptz, on_leave boolean, records jsonb, "
    "accounts int, live_accounts int, privileged int, without_mfa int, digest bytea, id uuid"
)
ACCOUNT_FIELDS = (
    "key", "system", "category", "source", "kind", "login", "email", "name", "enabled", "interactive", "mfa", "privileged", "rights",
    "last_use", "holder", "holder_since", "person_id", "rule", "explanation", "candidates", "subject_id",
)  # fmt: skip
STAGED_ACCOUNT = (
    "key text, system text, category text, source text, kind text, login text, email text, name text, enabled boolean, interactive boolean, "
    "mfa boolean, privileged boolean, rights jsonb, last_use text, holder text, holder_since timestamptz, person_id uuid, rule text, "
    "explanation text, candidates jsonb, subject_id uuid, digest bytea, id uuid"
)


def _upsert(table: str, fields: Sequence[str], staged: str) -> str:
    columns = ", ".join([*fields, "digest"])
    kept = ", ".join(f"{name} = excluded.{name}" for name in [*fields[1:], "digest"])
    return (
        f"INSERT INTO {table} (id, organization_id, first_seen_at, gone_at, {columns}) "
        f"SELECT id, %(organization)s, %(now)s, NULL, {columns} FROM {staged} "
        f"ON CONFLICT (organization_id, key) DO UPDATE SET gone_at = NULL, {kept}"
    )


KEEP_PERSONS = _upsert("people_person", PERSON_FIELDS, "staged_person")
KEEP_ACCOUNTS = _upsert("people_account", ACCOUNT_FIELDS, "staged_account")
STAGED_UNPAIRED = "account_id uuid"
UNPAIR = """
UPDATE people_pairing p SET until = greatest(p.since, %(now)s) FROM staged_unpaired s
WHERE p.organization_id = %(organization)s AND p.account_id = s.account_id AND p.until IS NULL
"""
STAGED_PAIRED = "account_id uuid, person_id uuid, rule text, explanation text, decided_by text, id uuid"
PAIR = """
INSERT INTO people_pairing (id, organization_id, account_id, person_id, rule, rules_version, explanation, decided_by, since, until)
SELECT id, %(organization)s, account_id, person_id, rule, %(version)s, explanation, decided_by, %(now)s, NULL FROM staged_paired
"""


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What is stored of an account, as far as pairing compares it."""

    id: str
    digest: bytes
    holder: str
    since: datetime
    gone: bool


@dataclass(slots=True)
class Stored:
    """What is stored now: persons and accounts by key, open pairings as (person's id, rule, explanation) by the account's id."""

    persons: dict[str, tuple[str, bytes, bool]] = field(default_factory=dict)
    accounts: dict[str, KnownAccount] = field(default_factory=dict)
    pairings: dict[str, tuple[str, str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Change:
    """Rows to write."""

    persons: list[tuple] = field(default_factory=list)
    accounts: list[tuple] = field(default_factory=list)
    unpaired: list[tuple[str]] = field(default_factory=list)
    paired: list[tuple] = field(default_factory=list)
    gone_persons: list[str] = field(default_factory=list)
    gone_accounts: list[str] = field(default_factory=list)

    @property
    def some(self) -> bool:
        """Whether there is anything to write."""
        return any((self.persons, self.accounts, self.unpaired, self.paired, self.gone_persons, self.gone_accounts))

    @property
    def of_pairing(self) -> bool:
        """Whether who is who changed, or anybody's employment."""
        return any((self.persons, self.unpaired, self.paired, self.gone_persons, self.gone_accounts))


def load_stored() -> Stored:
    """What is stored of the organization in scope."""
    stored = Stored()
    for key, pk, digest, gone in Person.objects.values_list("key", "id", "digest", "gone_at"):
        stored.persons[key] = (pk.hex, bytes(digest), gone is not None)
    fields = ("key", "id", "digest", "holder", "holder_since", "gone_at")
    for key, pk, digest, holder, since, gone in Account.objects.values_list(*fields):
        stored.accounts[key] = KnownAccount(pk.hex, bytes(digest), holder, since, gone is not None)
    open_now = Pairing.objects.filter(until=None).values_list("account_id", "person_id", "rule", "explanation")
    for account, person, rule, explanation in open_now:
        stored.pairings[account.hex] = (person.hex, rule, explanation)
    return stored


def since_of(match: Match, known: KnownAccount | None, now: datetime) -> datetime:
    """Since when the account is what it is."""
    return known.since if known is not None and not known.gone and known.holder == match.holder else now


def find_changes(company: Company, stored: Stored, since: Mapping[str, datetime]) -> Change:
    """What differs from what is stored."""
    change = Change()
    ids = _find_persons(company, stored, change)
    new = [each for each in company.accounts if each.key not in stored.accounts]
    fresh = dict(zip((each.key for each in new), uuid7_texts(len(new)), strict=True))
    for account in company.accounts:
        match, known = company.matches[account.key], stored.accounts.get(account.key)
        pk = known.id if known else fresh[account.key]
        person = ids.get(match.person) if match.holder == "person" else None
        row = _account_row(account, match, since[account.key], person)
        digest = sha256(orjson.dumps(row, default=str))
        if known is None or known.gone or known.digest != digest:
            change.accounts.append((*_with_json(row, (12, 19)), digest, pk))
        wanted = (person, match.rule, match.explanation) if person else None
        if stored.pairings.get(pk) != wanted:
            if pk in stored.pairings:
                change.unpaired.append((pk,))
            if wanted:
                change.paired.append((pk, *wanted, match.decided_by))
    present = {each.key for each in company.accounts}
    for key, known in stored.accounts.items():
        if key not in present and not known.gone:
            change.gone_accounts.append(known.id)
            if known.id in stored.pairings:
                change.unpaired.append((known.id,))
    return change


def _store(change: Change, now: datetime) -> None:
    """Inner step of an action: write it."""
    parameters = {"organization": scope.organization_id(), "now": now, "version": VERSION}
    with connection.cursor() as cursor:
        if change.persons:
            stage("staged_person", STAGED_PERSON, change.persons, joined="key")
            cursor.execute(KEEP_PERSONS, parameters)
        if change.accounts:
            stage("staged_account", STAGED_ACCOUNT, change.accounts, joined="key")
            cursor.execute(KEEP_ACCOUNTS, parameters)
        if change.unpaired:
            stage("staged_unpaired", STAGED_UNPAIRED, change.unpaired)
            cursor.execute(UNPAIR, parameters)
        if change.paired:
            keyed = ((*row, key) for row, key in zip(change.paired, uuid7_texts(len(change.paired)), strict=True))
            stage("staged_paired", STAGED_PAIRED, keyed, joined="account_id")
            cursor.execute(PAIR, parameters)
    if change.gone_accounts:
        Account.objects.filter(pk__in=[uuid.UUID(each) for each in change.gone_accounts]).update(gone_at=now, person=None)
    if change.gone_persons:
        Person.objects.filter(pk__in=[uuid.UUID(each) for each in change.gone_persons]).update(gone_at=now)


def _find_persons(company: Company, stored: Stored, change: Change) -> dict[str, str]:
    """Ids of persons by key; rows of those that are new or changed go to `change`."""
    new = [each for each in company.persons if each.key not in stored.persons]
    ids = {key: pk for key, (pk, _digest, _gone) in stored.persons.items()}
    ids.update(zip((each.key for each in new), uuid7_texts(len(new)), strict=True))
    for person in company.persons:
        row = _person_row(person, company)
        digest = sha256(orjson.dumps(row, default=str))
        known = stored.persons.get(person.key)
        if known is None or known[2] or known[1] != digest:
            change.persons.append((*_with_json(row, (16,)), digest, ids[person.key]))
    present = {each.key for each in company.persons}
    change.gone_persons = [pk for key, (pk, _digest, gone) in stored.persons.items() if key not in present and not gone]
    return ids


def _person_row(person: PersonSeen, company: Company) -> tuple[Any, ...]:
    now = person.current
    starts, ends = person.spans[0]
    held: list[Seen] = company.held.get(person.key, [])
    live = [each for each in held if each.enabled is not False]
    return (
        person.key[:400], person.name[:300], (now.get("work_email") or "")[:320], (now.get("employee_number") or "")[:100],
        (now.get("employment") or "")[:20], (now.get("status") or "")[:20], (now.get("department") or "")[:200], (now.get("title") or "")[:200],
        (now.get("manager") or "")[:400], (now.get("location") or "")[:200], (now.get("zone") or "")[:64], starts or None, ends or None,
        now.get("end_recorded_at") or None, _revoked(held), now.get("status") == "leave", [each.key for each in person.records], len(held), len(live),
        sum(1 for each in live if each.privileged), sum(1 for each in live if each.mfa is False and each.interactive is not False),
    )  # fmt: skip


def _revoked(held: Sequence[Seen]) -> str | None:
    own = [each for each in held if each.category == IDENTITY]
    if not own or any(each.enabled is not False or not each.disabled_at for each in own):
        return None
    return max(each.disabled_at or "" for each in own)


def _account_row(account: Seen, match: Match, since: datetime, person: str | None) -> tuple[Any, ...]:
    return (
        account.key[:700], account.system, account.category, account.source[:200], account.kind, account.login[:320], account.email[:320],
        account.name[:300], account.enabled, account.interactive, account.mfa, account.privileged, list(account.rights), account.last_use,
        match.holder, since, person, match.rule, match.explanation[:600], list(match.candidates), account.subject_id,
    )  # fmt: skip


def _with_json(row: tuple[Any, ...], places: Sequence[int]) -> tuple[Any, ...]:
    return tuple(orjson.dumps(value).decode() if place in places else value for place, value in enumerate(row))
