"""The joined facts, made of what was seen and paired. Pure; linear in persons, accounts and changes."""

import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evidence.facts.access_grant.v1 import AccessGrant, Request
from evidence.facts.account_holder.v1 import AccountHolder
from evidence.facts.merge_actor.v1 import Employment, MergeActor
from evidence.facts.person_access.v1 import Absence, Holding, PersonAccess, Secret, Transfer
from evidence.facts.privilege.v1 import Privilege
from people.matching import Decided, Match
from people.roster import PersonSeen, day_edge
from people.systems import CODE, GRANTING, IDENTITY, Seen, category_of, normal


@dataclass(frozen=True, slots=True)
class Entered:
    """An open entry of the register: of a person (key) or an account (key) at a system."""

    id: str
    person: str
    account: str
    system: str
    role: str
    approver: str
    reason: str
    expires: str


@dataclass(slots=True)
class Company:
    """All that the joined facts are made of. `since` gives the text of the instant since which an account's holder is what it is."""

    zone: zoneinfo.ZoneInfo
    persons: Sequence[PersonSeen]
    accounts: Sequence[Seen]
    matches: Mapping[str, Match]
    decided: Mapping[str, Decided]
    since: Mapping[str, str]
    entries: Sequence[Entered]
    read: tuple[str, ...]
    unread: tuple[str, ...]
    by_key: dict[str, PersonSeen] = field(init=False)
    held: dict[str, list[Seen]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_key = {each.key: each for each in self.persons}
        self.held = defaultdict(list)
        for account in self.accounts:
            match = self.matches[account.key]
            if match.holder == "person" and match.person in self.by_key:
                self.held[match.person].append(account)
        for accounts in self.held.values():
            accounts.sort(key=lambda each: each.key)

    def provider_state(self, person: str) -> tuple[bool | None, bool | None]:
        """(has an enabled identity, with a second factor); None where identities are not read."""
        own = [each for each in self.held.get(person, ()) if each.category == IDENTITY]
        if not own and IDENTITY not in self.read:
            return None, None
        enabled = [each for each in own if each.enabled]
        if not enabled:
            return (None, None) if any(each.enabled is None for each in own) else (False, None)
        factors = {each.mfa for each in enabled}
        return True, False if False in factors else None if None in factors else True


def person_facts(company: Company) -> Iterator[PersonAccess]:
    """One per person."""
    for person in company.persons:
        payload = person.current
        starts, ends = person.spans[0]
        yield PersonAccess(
            subject=person.key, name=person.name, employee_number=payload.get("employee_number") or "", employment=payload.get("employment"),
            status=payload.get("status"), department=payload.get("department"), title=payload.get("title"), starts=starts, ends=ends,
            end_entered=payload.get("end_recorded_at"), absences=_absences(payload, company.zone),
            transfers=_transfers(payload, company.zone),
            accounts=tuple(_holding(each, company.matches[each.key]) for each in company.held.get(person.key, ())),
            read=company.read, unread=company.unread,
        )  # fmt: skip


def account_facts(company: Company) -> Iterator[AccountHolder]:
    """One per account."""
    for account in company.accounts:
        match, decided = company.matches[account.key], company.decided.get(account.key)
        person = company.by_key.get(match.person)
        starts, ends = person.spans[0] if person else (None, None)
        enabled, factor = company.provider_state(match.person) if person else (None, None)
        nobodys = decided if decided is not None and decided.kind != "person" else None
        yield AccountHolder(
            subject=account.key, name=account.login or account.name, system=account.system, category=account.category,
            source=account.source, kind=account.kind, login=account.login, email=account.email, created=account.created,
            enabled=account.enabled, interactive=account.interactive, mfa=account.mfa, privileged=account.privileged,
            last_use=account.last_use, holder=match.holder, holder_since=company.since.get(account.key, ""), person=match.person,
            person_name=person.name if person else "", rule=match.rule, explanation=match.explanation, candidates=match.candidates,
            owner=nobodys.owner if nobodys else "", kept_in=nobodys.kept_in if nobodys else "", expires=nobodys.expires if nobodys else "",
            employment=person.current.get("status") if person else None, starts=starts, ends=ends, idp_enabled=enabled, idp_mfa=factor,
            read=company.read, unread=company.unread,
        )  # fmt: skip


def privilege_facts(company: Company) -> Iterator[Privilege]:
    """One per account that administrates or is entered, and one per entry that no account stands behind."""
    of_account = {each.account: each for each in company.entries if each.account}
    of_person = {(each.person, each.system): each for each in company.entries if each.person}
    used: set[str] = set()
    kept = bool(company.entries)
    for account in company.accounts:
        match = company.matches[account.key]
        entry = of_account.get(account.key) or (of_person.get((match.person, account.system)) if match.person else None)
        held = None if account.privileged is None else account.privileged and account.enabled is not False
        if entry is not None and held is not False:
            used.add(entry.id)
        if not held and not (entry is not None and held is None):
            continue
        person = company.by_key.get(match.person)
        yield Privilege(
            subject=account.key, name=f"{account.login or account.name} ({account.system})", system=account.system,
            category=account.category, login=account.login, person=match.person, person_name=person.name if person else "",
            rights=account.rights, held=held, entered=entry is not None, approver=entry.approver if entry else "",
            reason=entry.reason if entry else "", expires=entry.expires if entry else "", register_kept=kept, read=company.read,
            unread=company.unread,
        )  # fmt: skip
    for entry in company.entries:
        if entry.id in used:
            continue
        person = company.by_key.get(entry.person)
        who = person.name if person else entry.account
        yield Privilege(
            subject=f"entry/{entry.id}", name=f"{who} ({entry.system})", system=entry.system, category=category_of(entry.system, ""),
            person=entry.person, person_name=person.name if person else "", rights=(entry.role,) if entry.role else (), held=False,
            entered=True, approver=entry.approver, reason=entry.reason, expires=entry.expires, register_kept=True, read=company.read,
            unread=company.unread,
        )  # fmt: skip


def merge_facts(company: Company, changes: Iterable[Mapping[str, Any]]) -> Iterator[MergeActor]:
    """One per merged change. A merge through a queue or by a robot has no login: it stands as unknown."""
    by_login = {normal(each.login): each for each in company.accounts if each.category == CODE}
    for change in changes:
        login = change.get("merged_by") or ""
        account = by_login.get(normal(login))
        match = company.matches[account.key] if account else Match("unknown")
        person = company.by_key.get(match.person)
        yield MergeActor(
            subject=change["subject"], name=f"{change.get('repository_name') or change['repository']} #{change.get('number')}",
            repository=change["repository"], merged=change["merged"], login=login, holder=match.holder, person=match.person,
            person_name=person.name if person else "",
            employments=tuple(Employment(starts=starts, ends=ends) for starts, ends in person.spans) if person else (),
            read=company.read, unread=company.unread,
        )  # fmt: skip


def grant_facts(company: Company, events: Iterable[Mapping[str, Any]], tickets: Iterable[Mapping[str, Any]]) -> Iterator[AccessGrant]:
    """One per grant in the identity provider's log, with the tickets that the person wrote or that name them."""
    granted = [each for each in events if each.get("event") in GRANTING and each.get("outcome") in ("success", "")]
    if not granted:
        return
    by_subject = {each.subject: each for each in company.accounts}
    requests = _Requests(company, tickets)
    for event in granted:
        account = by_subject.get(event.get("target") or "")
        person = company.matches[account.key].person if account else ""
        right = event.get("detail_name") or event.get("detail") or ""
        yield AccessGrant(
            subject=event["subject"], name=f"{right or event['event']} to {event.get('target_name') or event.get('target')}",
            event=event["event"], at=event.get("at"), person=person, target_name=event.get("target_name") or "",
            right=event.get("detail") or "", right_name=event.get("detail_name") or "",
            privileged=True if event["event"] == "user.account.privilege.grant" else None, by=event.get("actor_name") or "",
            requests=requests.of(person, account, right), read=company.read, unread=company.unread,
        )  # fmt: skip


class _Requests:
    """Tickets by whom they are about: their reporter's person, or a word in their summary that is somebody's address or login."""

    def __init__(self, company: Company, tickets: Iterable[Mapping[str, Any]]) -> None:
        self._company = company
        self._person_of = {each.subject: company.matches[each.key].person for each in company.accounts}
        self._reported: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self._naming: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for ticket in tickets:
            if reporter := self._person_of.get(ticket.get("reporter") or ""):
                self._reported[reporter].append(ticket)
            for word in {each.strip("()[]<>,;:'\"") for each in normal(ticket.get("name")).split()}:
                if "@" in word or "." in word:
                    self._naming[word].append(ticket)

    def of(self, person: str, account: Seen | None, right: str) -> tuple[Request, ...]:
        """In order of creation."""
        names = {normal(account.login), *account.emails} if account else set()
        if person in self._company.by_key:
            seen = self._company.by_key[person]
            names |= {*seen.work_emails, *seen.other_emails, *(each.partition("@")[0] for each in seen.work_emails)}
        found = {each["subject"]: each for each in self._reported.get(person, ())} if person else {}
        for name in names - {""}:
            found.update({each["subject"]: each for each in self._naming.get(name, ())})
        requests = [self._request(each, person, right) for each in found.values()]
        return tuple(sorted(requests, key=lambda each: (each.created, each.ticket)))

    def _request(self, ticket: Mapping[str, Any], person: str, right: str) -> Request:
        approvals = [
            each for each in ticket.get("transitions") or () if each["field"] == "approval" and normal(each.get("after")) == "approved"
        ]
        first = min(approvals, key=lambda each: each["at"], default=None)
        approver = first["actor"] if first else ""
        return Request(
            ticket=ticket.get("name") or ticket["subject"], created=ticket.get("created") or "",
            names_right=bool(right) and normal(right) in normal(ticket.get("name")), approved=first["at"] if first else "",
            approver=approver, approver_is_person=bool(person) and self._person_of.get(approver) == person,
        )  # fmt: skip


def _holding(account: Seen, match: Match) -> Holding:
    secrets = account.secrets
    return Holding(
        account=account.key, system=account.system, category=account.category, kind=account.kind, login=account.login,
        enabled=account.enabled, interactive=account.interactive, mfa=account.mfa, privileged=account.privileged, rights=account.rights,
        groups=account.groups, created=account.created, last_use=account.last_use, disabled_at=account.disabled_at,
        disabled_by_log=account.disabled_by_log,
        secrets=None if secrets is None else tuple(Secret(kind=a, name=b, active=c, last_used_day=d) for a, b, c, d in secrets),
        rule=match.rule,
    )  # fmt: skip


def _absences(payload: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> tuple[Absence, ...]:
    found = []
    for leave in payload.get("leaves") or ():
        since = day_edge(leave["first_day"], payload, zone)
        if since is not None:
            until = day_edge(leave.get("last_day") or "", payload, zone, 1) or ""
            found.append(Absence(since=since, until=until, kind=leave.get("kind") or ""))
    return tuple(sorted(found, key=lambda each: each.since))


def _transfers(payload: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> tuple[Transfer, ...]:
    found = []
    for move in payload.get("moves") or ():
        at = day_edge(move["day"], payload, zone)
        before, after = move["before"].partition(" / ")[0], move["after"].partition(" / ")[0]
        if at is not None and before != after:
            found.append(Transfer(at=at, from_department=before, to_department=after))
    return tuple(sorted(found, key=lambda each: each.at))
