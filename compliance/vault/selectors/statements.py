"""Statements by what they speak of."""

import uuid

from compliance.vault.models import Statement


def statement_of(ref: uuid.UUID) -> Statement | None:
    """The first statement about something: a run, an item's version, a decision. None when nothing was stated."""
    return Statement.objects.filter(ref=ref).order_by("id").first()


def statements_of(ref: uuid.UUID) -> list[Statement]:
    """Every statement about something, oldest first: a waiver's grant and its end."""
    return list(Statement.objects.filter(ref=ref).order_by("id"))


def verdict_statement(subject: uuid.UUID, check: str, since: str) -> Statement | None:
    """The statement that holds the change of a verdict: of which subject (id), by which check (its id), at which instant (`utc_text`
    of the verdict's `since`). None for changes before statements were kept."""
    said = f'"since":"{since}","subject":"{subject}"'
    found = Statement.objects.filter(kind="verdicts", at__gte=since, payload__contains=said).order_by("at")
    return next((each for each in found if f'"check":"{check}"' in (each.payload or "")), None)
