"""Accounts of all systems: the queue of what somebody has to decide, and everything else."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from people.models import Account, Decision, RegisterEntry, UnusedSystem
from people.models.account import HOLDERS

UNDECIDED = ("conflict", "unknown")
SHOWS = ("undecided", *HOLDERS, "all")


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts a list shows. `show` is one of SHOWS; the queue is `undecided`."""

    show: str = "undecided"
    words: str = ""
    system: str = ""


def accounts(wanted: AccountFilter) -> QuerySet[Account]:
    """The filtered accounts that are there; order by (login, id)."""
    rows = Account.objects.filter(gone_at=None).select_related("person")
    if wanted.show == "undecided":
        rows = rows.filter(holder__in=UNDECIDED).exclude(enabled=False)
    elif wanted.show in HOLDERS:
        rows = rows.filter(holder=wanted.show)
    for word in wanted.words.split()[:8]:
        rows = rows.filter(Q(login__icontains=word) | Q(name__icontains=word) | Q(email__icontains=word) | Q(person__name__icontains=word))
    return rows.filter(system=wanted.system) if wanted.system else rows


def account_counts() -> dict[str, int]:
    """How many accounts each of SHOWS has."""
    counts = {holder: Count("pk", filter=Q(holder=holder)) for holder in HOLDERS}
    undecided = Count("pk", filter=Q(holder__in=UNDECIDED) & ~Q(enabled=False) | Q(holder__in=UNDECIDED, enabled=None))
    return Account.objects.filter(gone_at=None).aggregate(all=Count("pk"), undecided=undecided, **counts)


def systems_seen() -> list[str]:
    """Systems that have any account, by key."""
    return list(Account.objects.filter(gone_at=None).order_by("system").values_list("system", flat=True).distinct())


def accounts_by_id(ids: Iterable[uuid.UUID]) -> list[Account]:
    """Accounts of these ids, in order of key."""
    return list(Account.objects.filter(pk__in=list(ids)).order_by("key"))


def account_by_id(account_id: uuid.UUID) -> Account | None:
    """One account."""
    return Account.objects.filter(pk=account_id).select_related("person").first()


def open_decisions(account_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Decision]:
    """The decision in force for each of these accounts."""
    rows = Decision.objects.filter(account__in=list(account_ids), ended_at=None).select_related("owner", "person")
    return {each.account_id: each for each in rows}


def decision_by_id(decision_id: uuid.UUID) -> Decision | None:
    """A decision with its account."""
    return Decision.objects.filter(pk=decision_id).select_related("account").first()


def open_entries() -> QuerySet[RegisterEntry]:
    """Open entries of the register; page by (-since, -id)."""
    return RegisterEntry.objects.filter(ended_at=None).select_related("person", "account")


def register_entries() -> list[RegisterEntry]:
    """Open entries of the register, the latest first."""
    return list(open_entries().order_by("-since", "-id"))


def entry_by_id(entry_id: uuid.UUID) -> RegisterEntry | None:
    """An entry of the register."""
    return RegisterEntry.objects.filter(pk=entry_id).select_related("person", "account").first()


def privileged_accounts() -> list[Account]:
    """Accounts that administrate a system and can be used, by system and login."""
    rows = Account.objects.filter(gone_at=None, privileged=True).exclude(enabled=False)
    return list(rows.select_related("person").order_by("system", "login", "id")[:2000])


def unused_systems() -> dict[str, UnusedSystem]:
    """Categories that the company says it does not have."""
    return {each.category: each for each in UnusedSystem.objects.all()}
