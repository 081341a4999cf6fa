"""Persons: lists with filters, counts, one person with what was theirs at an instant."""

import contextlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from people.models import Decision, Pairing, Person

SHOWS = ("all", "active", "leave", "coming", "left", "open", "privileged", "without_mfa", "no_account")


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """Which persons a list shows; empty means all. `show` is one of SHOWS."""

    show: str = ""
    words: str = ""
    department: str = ""
    employment: str = ""


def persons(wanted: PersonFilter, now: datetime) -> QuerySet[Person]:
    """The filtered persons that a personnel system still knows; order by (name, id)."""
    rows = Person.objects.filter(gone_at=None).filter(_shown(wanted.show, now))
    for word in wanted.words.split()[:8]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(email__icontains=word) | Q(employee_number__icontains=word) | Q(title__icontains=word)
        )
    if wanted.department:
        rows = rows.filter(department=wanted.department)
    if wanted.employment:
        rows = rows.filter(employment=wanted.employment)
    return rows


def person_counts(now: datetime) -> dict[str, int]:
    """How many persons each of SHOWS has, in one statement."""
    counts = {show: Count("pk", filter=_shown(show, now)) for show in SHOWS}
    return Person.objects.filter(gone_at=None).aggregate(**counts)


def persons_found(words: str, limit: int) -> list[Person]:
    """Persons that the words fit, by name."""
    return list(Person.objects.filter(gone_at=None).filter(_fits(words)).order_by("name", "id")[:limit])


def departments() -> list[str]:
    """Departments that have anybody, by name."""
    return list(
        Person.objects.filter(gone_at=None).exclude(department="").order_by("department").values_list("department", flat=True).distinct()
    )


def person_by_id(person_id: uuid.UUID) -> Person | None:
    """The person, also one that no personnel system knows any more."""
    return Person.objects.filter(pk=person_id).first()


def person_named(text: str) -> Person | None:
    """The one person of that employee number, work e-mail or id; None where nobody or more than one fits."""
    given = text.strip()
    if not given:
        return None
    wanted = Q(employee_number=given) | Q(email__iexact=given)
    with contextlib.suppress(ValueError):
        wanted |= Q(pk=uuid.UUID(given))
    found = list(Person.objects.filter(wanted, gone_at=None)[:2])
    return found[0] if len(found) == 1 else None


def persons_by_key(keys: list[str]) -> dict[str, Person]:
    """Persons of these keys."""
    return {each.key: each for each in Person.objects.filter(key__in=keys)}


def pairings_of(person_id: uuid.UUID, at: datetime) -> list[Pairing]:
    """Every pairing of a person that had begun by then, with the account, the latest first."""
    return list(
        Pairing.objects.filter(person_id=person_id, since__lte=at)
        .select_related("account")
        .order_by("-since", "account__system", "-id")[:500]
    )


def decisions_about(person_id: uuid.UUID) -> list[Decision]:
    """Decisions that name a person, the latest first."""
    return list(Decision.objects.filter(person_id=person_id).select_related("account").order_by("-since")[:50])


def leavers_between(since: datetime, until: datetime) -> list[Person]:
    """Persons whose employment ended in between, in order of the end."""
    return list(Person.objects.filter(gone_at=None, ends__gt=since, ends__lte=until).order_by("ends", "id")[:5000])


def _fits(words: str) -> Q:
    found = Q()
    for word in words.split()[:8]:
        found &= Q(name__icontains=word) | Q(email__icontains=word) | Q(employee_number__icontains=word) | Q(title__icontains=word)
    return found


def _shown(show: str, now: datetime) -> Q:
    ended = Q(ends__lte=now) | Q(status="terminated")
    coming = Q(starts__gt=now) & ~Q(status="terminated")
    here = ~ended & ~coming
    return {
        "active": here & Q(on_leave=False), "leave": here & Q(on_leave=True), "coming": coming, "left": ended,
        "open": ended & Q(live_accounts__gt=0), "privileged": Q(privileged__gt=0), "without_mfa": Q(without_mfa__gt=0),
        "no_account": here & Q(live_accounts=0),
    }.get(show, Q())  # fmt: skip
