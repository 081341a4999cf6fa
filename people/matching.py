"""Whose an account is: rules in order, each explained, none a guess. One pass over the accounts with indexes in memory. Pure.

Every rule that finds somebody is heard. Where they do not agree on one person nobody is paired: several candidates are a conflict for
a person to decide, for a wrong pair is worse than none. Only the decision of a person goes above that.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from people.roster import PersonSeen
from people.systems import CLOUD, IDENTITY, Seen, normal

VERSION = 1  # of these rules; kept with every pairing
SHARED_DOMAIN = 2  # a domain that so many persons have is the company's: only there a user name may stand for an address

RULES: Mapping[str, str] = {
    "decision": "Decided by a person",
    "employee_number": "Same employee number",
    "work_email": "Same work e-mail",
    "other_email": "Earlier or further e-mail",
    "provider_login": "Signs in as at the identity provider",
    "user_name": "User name is the work e-mail's local part",
    "system_says": "The system itself says so",
    "classified": "Classified by a person",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about an account: whose it is (`kind` person), or what it is."""

    kind: str
    person: str = ""
    by: str = ""
    on: str = ""
    reason: str = ""
    owner: str = ""
    kept_in: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """`holder` as in `account_holder`. `candidates` are keys of persons, in order."""

    holder: str
    person: str = ""
    rule: str = ""
    explanation: str = ""
    candidates: tuple[str, ...] = ()
    decided_by: str = ""


@dataclass(slots=True)
class Indexes:
    """Keys of persons by what an account may show of them."""

    names: dict[str, str] = field(default_factory=dict)
    number: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    work: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    other: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    provider: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    local: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    domains: frozenset[str] = frozenset()


def match_all(persons: Iterable[PersonSeen], accounts: Iterable[Seen], decided: Mapping[str, Decided]) -> dict[str, Match]:
    """The match of every account by key: first the identity provider's, because what they show of a person helps with the others."""
    indexes = _indexes(persons)
    found: dict[str, Match] = {}
    later: list[Seen] = []
    unpaired: dict[str, str] = {}  # addresses that a paired identity and one that is nobody's both have would mislead
    for account in accounts:
        if account.category != IDENTITY:
            later.append(account)
            continue
        match = found[account.key] = match_one(account, indexes, decided.get(account.key))
        for address in {normal(account.login), normal(account.email)} - {""}:
            if match.holder == "person":
                indexes.provider[address].add(match.person)
                _note_local(indexes, address, match.person)
            else:
                unpaired[address] = account.key
    for address in unpaired:
        indexes.provider.pop(address, None)
    for account in later:
        found[account.key] = match_one(account, indexes, decided.get(account.key))
    return found


def match_one(account: Seen, indexes: Indexes, decided: Decided | None) -> Match:
    """One account against the indexes."""
    if decided is not None:
        words = f"decided by {decided.by} on {decided.on}: {decided.reason}"[:600]
        if decided.kind == "person":
            return Match("person", decided.person, "decision", words, decided_by=decided.by)
        return Match(decided.kind, rule="classified", explanation=words, decided_by=decided.by)
    if account.says:
        return Match(
            account.says, rule="system_says", explanation=f"{account.system} itself says that this is {account.says.replace('_', '-')}"
        )
    heard = list(_heard(account, indexes))
    if not heard:
        return Match("unknown", explanation="no rule finds anybody: no number, address or sign-in name that a person on the roster has")
    everybody = tuple(sorted(set().union(*(persons for _rule, _what, persons in heard))))
    if len(everybody) > 1:
        return Match("conflict", explanation=_disagreement(heard, indexes)[:600], candidates=everybody)
    rule, what, _persons = heard[0]
    return Match("person", everybody[0], rule, f"{RULES[rule].lower()}: {what}"[:600])


def _heard(account: Seen, indexes: Indexes) -> Iterator[tuple[str, str, set[str]]]:
    """(rule, what it saw, keys of persons) of each rule that finds somebody, the strongest first."""
    number = account.employee_number.strip()
    if number and (persons := indexes.number.get(number)):
        yield "employee_number", number, persons
    named = normal(account.external_name)
    addresses = account.emails if "@" not in named else (*account.emails, named)
    for address in addresses:
        if persons := indexes.work.get(address):
            yield "work_email", address, persons
    for address in addresses:
        if persons := indexes.other.get(address):
            yield "other_email", address, persons
    if account.category == IDENTITY:
        return
    for address in dict.fromkeys((*addresses, *((named,) if named else ()))):
        if persons := indexes.provider.get(address):
            yield "provider_login", address, persons
    if account.category == CLOUD and "@" not in account.login and (persons := indexes.local.get(normal(account.login))):
        yield "user_name", normal(account.login), persons


def _indexes(persons: Iterable[PersonSeen]) -> Indexes:
    persons = list(persons)
    indexes = Indexes()
    owners = Counter(domain for person in persons for domain in {each.partition("@")[2] for each in person.work_emails})
    indexes.domains = frozenset(domain for domain, number in owners.items() if domain and number >= SHARED_DOMAIN)
    for person in persons:
        indexes.names[person.key] = person.name
        for number in person.numbers:
            indexes.number[number].add(person.key)
        for address in person.work_emails:
            indexes.work[address].add(person.key)
            _note_local(indexes, address, person.key)
        for address in person.other_emails:
            indexes.other[address].add(person.key)
            _note_local(indexes, address, person.key)
    return indexes


def _note_local(indexes: Indexes, address: str, person: str) -> None:
    local, _at, domain = address.partition("@")
    if domain in indexes.domains:
        indexes.local[local].add(person)


def _disagreement(heard: Iterable[tuple[str, str, set[str]]], indexes: Indexes) -> str:
    said = [
        f"{RULES[rule].lower()} ({what}): {', '.join(sorted(indexes.names.get(key, key) for key in persons))}"
        for rule, what, persons in heard
    ]
    return "rules do not agree on one person; " + "; ".join(said)
