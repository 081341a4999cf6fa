"""What checks of tickets have in common: which tickets they speak of, and who approved one when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evidence.facts.ticket.v1 import Ticket, Transition

APPROVING: Mapping[str, object] = {
    "approval_statuses": ["Approved"],
    "approval_fields": ["approval", "approver", "approvers", "approved by"],
}


@dataclass(frozen=True, slots=True)
class Approval:
    """Who (a subject of `tracker_user`, "" where that account is gone) approved at which instant."""

    at: str
    actor: str


def chosen(fact: Ticket, parameters: Mapping[str, object]) -> bool:
    """Whether the ticket has one of the parameters' `types`, `labels` or `projects`."""
    return (
        _one_of([fact.type], parameters.get("types", ()))
        or _one_of(fact.labels, parameters.get("labels", ()))
        or _one_of([fact.project], parameters.get("projects", ()))
    )


def _one_of(held: Iterable[str], wanted: object) -> bool:
    names = {str(each).strip().lower() for each in wanted}  # type: ignore[attr-defined]
    return any(each.strip().lower() in names for each in held if each)


def approvals(fact: Ticket, parameters: Mapping[str, object]) -> list[Approval] | None:
    """Every approval in order of time; None when what happened to the ticket was not read. An approval is the decision `approved`, a
    change into one of `approval_statuses`, or one of `approval_fields` being filled by somebody. A decision `declined` ends all before it."""
    if fact.transitions is None:
        return None
    statuses = {str(each).lower() for each in parameters["approval_statuses"]}  # type: ignore[attr-defined]
    fields = {str(each).lower() for each in parameters["approval_fields"]}  # type: ignore[attr-defined]
    found: list[Approval] = []
    for each in fact.transitions:
        if each.field == "approval" and each.after == "declined":
            found.clear()
        elif _approves(each, statuses, fields):
            found.append(Approval(each.at, each.actor))
    return found


def _approves(change: Transition, statuses: set[str], fields: set[str]) -> bool:
    if change.field == "status":
        return change.after.lower() in statuses
    if change.field == "approval":
        return change.field in fields and change.after == "approved"
    return change.field.lower() in fields and bool(change.after)


def by_others(found: Sequence[Approval], *not_these: str) -> list[Approval]:
    """Approvals by a known account that is none of these."""
    return [each for each in found if each.actor and each.actor not in not_these]


def since(fact: Ticket, field: str, held: str) -> str | None:
    """Since when a field has had a value, whatever it was: its first filling, or the creation when it was never changed. `held` is its
    value now. None when that cannot be told."""
    if fact.transitions is None:
        return None
    changes = [each for each in fact.transitions if each.field == field]
    if not changes:
        return fact.created if held else None
    if changes[0].before:
        return fact.created
    return next((each.at for each in changes if each.after), None)


def limits(lines: object) -> dict[str, int]:
    """`High 30` as a name in small letters with its number of days. Lines without a number do not count."""
    found = {}
    for line in lines:  # type: ignore[attr-defined]
        name, _space, days = str(line).strip().rpartition(" ")
        if name and days.isdigit():
            found[name.strip().lower()] = int(days)
    return found
