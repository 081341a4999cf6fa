"""What checks over joined facts share: which systems are not read, when employment ends, whether a classification still holds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from controls.checks.shared.ages import after, minute
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.account_holder.v1 import AccountHolder
from evidence.facts.person_access.v1 import Holding, PersonAccess

CLASSIFIED = ("service", "shared", "external", "break_glass")
UNDECIDED = ("unknown", "conflict")


class Joined(Protocol):
    """A fact that says which categories of system it could not see."""

    @property
    def unread(self) -> tuple[str, ...]:
        """Names of categories that should be read and are not."""


def unread(fact: Joined) -> Judgement | None:
    """No data, naming the systems that are absent; None when all are read. A join without one of its systems passes nobody."""
    if not fact.unread:
        return None
    return no_data(f"not connected or not read whole now: {', '.join(fact.unread)}")


def deadline_of(fact: PersonAccess, hours: int) -> datetime | Judgement:
    """The instant by which access must have ended, or the answer where there is none."""
    if fact.ends is None:
        return no_data("is said to have left, and no last day is known")
    if not fact.ends:
        return unread(fact) or not_applicable("employment has no end")
    return after(fact.ends, hours=hours)


def ended(fact: PersonAccess) -> str:
    """When employment ends, and how late that was entered where it was."""
    words = f"employment ends {minute(fact.ends or '')}"
    if fact.end_entered and fact.ends and fact.end_entered > fact.ends:
        late = instants.from_text(fact.end_entered) - instants.from_text(fact.ends)
        words += f" (entered {int(late.total_seconds() // 3600)} h later)"
    return words


def named(accounts: Iterable[Holding]) -> str:
    """Logins with their system, in order."""
    return ", ".join(sorted(f"{each.login} ({each.system})" for each in accounts))


def still_enabled(fact: PersonAccess, accounts: Sequence[Holding], deadline: datetime, now: datetime) -> Judgement | None:
    """The answer while accounts can still be used after, or until, the deadline; None when none can."""
    open_accounts = [each for each in accounts if each.enabled]
    if open_accounts and now >= deadline:
        return failed(f"{named(open_accounts)} enabled; {ended(fact)}, access had to end by {minute(deadline)}")
    unknown = [each for each in accounts if each.enabled is None]
    if blind := unread(fact):
        return blind
    if unknown:
        return no_data(f"whether {named(unknown)} can be used was not observed")
    if open_accounts:
        return passed(f"{ended(fact)}; {named(open_accounts)} must be disabled by {minute(deadline)}", holds_until=deadline)
    return None


def classification(fact: AccountHolder, now: datetime) -> Judgement | None:
    """Of an account that is nobody's by decision: it needs somebody who answers for it and must not have run out. None for others."""
    if fact.holder not in CLASSIFIED:
        return None
    kind = fact.holder.replace("_", "-")
    if fact.rule == "classified" and not fact.owner:
        return failed(f"is a {kind} account without anybody who answers for it")
    if fact.expires:
        turns = instants.from_text(fact.expires)
        if now >= turns:
            return failed(f"its classification as {kind} ran out on {minute(turns)}")
        return unread(fact) or passed(f"is a {kind} account until {minute(turns)}; {fact.owner} answers for it", holds_until=turns)
    return unread(fact) or passed(f"is a {kind} account{f'; {fact.owner} answers for it' if fact.owner else ''}")
