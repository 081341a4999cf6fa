"""Holding a population against a second source. A difference is shown, never resolved: what explains it is for people to say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from evidence.facts import instants
from evidence.populations.rows import Bounds

Row = Mapping[str, Any]
Facts = Callable[[str], Iterable[Mapping[str, Any]]]
MOST_ROWS = 200_000
NAMED = 50


class Second(Protocol):
    """A comparison: rows go in one by one, the facts of the second source at the end."""

    KIND: str
    SOURCE: str

    def add(self, row: Row) -> None:
        """One row of the population."""

    def finish(self, facts: Facts, bounds: Bounds) -> dict[str, Any]:
        """What came of it: counts, differences and a sentence."""


@dataclass
class Differences:
    """The first differences by name, all of them by number."""

    named: list[dict[str, str]] = field(default_factory=list)
    count: int = 0

    def add(self, row_id: str, words: str) -> None:
        """One more."""
        self.count += 1
        if len(self.named) < NAMED:
            self.named.append({"id": row_id, "words": words})

    def told(self, *, source: str, compared: int, agree: int, words: str) -> dict[str, Any]:
        """As plain data."""
        return {"with": source, "compared": compared, "agree": agree, "differences": self.named, "different": self.count, "words": words}


class _People:
    """Joiners or leavers against the identity provider's users."""

    KIND = "identity"
    SOURCE = "Users of the identity provider, disabled ones included"

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str]] = []

    def add(self, row: Row) -> None:
        """Keep what joins it."""
        self._rows.append((str(row["id"]), str(row.get("work_email") or "").casefold(), str(row.get("employee_number") or "").casefold()))

    def _pairs(self, facts: Facts) -> Iterable[tuple[str, list[Mapping[str, Any]]]]:
        by_mail: dict[str, list[Mapping[str, Any]]] = {}
        by_number: dict[str, list[Mapping[str, Any]]] = {}
        for fact in facts(self.KIND):
            for address in {str(fact.get(name) or "").casefold() for name in ("login", "email", "second_email")} - {""}:
                by_mail.setdefault(address, []).append(fact)
            if fact.get("employee_number"):
                by_number.setdefault(str(fact["employee_number"]).casefold(), []).append(fact)
        for row_id, mail, number in self._rows:
            yield row_id, by_mail.get(mail) or by_number.get(number) or []


class IdentityOfLeavers(_People):
    """Everybody who left should have no enabled identity."""

    def finish(self, facts: Facts, bounds: Bounds) -> dict[str, Any]:
        """Disabled: agrees. Enabled, or none at all: a difference."""
        differences, agree = Differences(), 0
        for row_id, found in self._pairs(facts):
            if not found:
                differences.add(row_id, "no identity of that address or employee number is known")
            elif any(each.get("enabled") is not False for each in found):
                differences.add(row_id, f"the identity {found[0].get('login', '')} is not disabled")
            else:
                agree += 1
        words = f"Of {len(self._rows)} leavers, {agree} have a disabled identity; {differences.count} differ."
        return differences.told(source=self.SOURCE, compared=len(self._rows), agree=agree, words=words)


class IdentityOfJoiners(_People):
    """Everybody who joined should have an identity."""

    def finish(self, facts: Facts, bounds: Bounds) -> dict[str, Any]:
        """An identity, enabled or not: agrees."""
        differences, agree = Differences(), 0
        for row_id, found in self._pairs(facts):
            if found:
                agree += 1
            else:
                differences.add(row_id, "no identity of that address or employee number is known")
        words = f"Of {len(self._rows)} joiners, {agree} have an identity; {differences.count} have none."
        return differences.told(source=self.SOURCE, compared=len(self._rows), agree=agree, words=words)


class RosterOfUsers:
    """Every account with an address should be somebody's on the roster."""

    KIND = "person"
    SOURCE = "People of the personnel system, those who left included"

    def __init__(self) -> None:
        self._rows: list[tuple[str, str]] = []

    def add(self, row: Row) -> None:
        """Keep the address: the account's, or its login where that is one."""
        login = str(row.get("login") or "")
        self._rows.append((str(row["id"]), str(row.get("email") or (login if "@" in login else "")).casefold()))

    def finish(self, facts: Facts, bounds: Bounds) -> dict[str, Any]:
        """An address of the roster: agrees. Accounts without an address cannot be compared here; People joins them by more than that."""
        known: set[str] = set()
        for fact in facts(self.KIND):
            known.update(str(each).casefold() for each in (fact.get("work_email"), *(fact.get("other_emails") or ())) if each)
        differences, agree, without = Differences(), 0, 0
        for row_id, mail in self._rows:
            if not mail:
                without += 1
            elif mail in known:
                agree += 1
            else:
                differences.add(row_id, f"{mail} is nobody's on the roster")
        words = f"{agree} accounts have an address of the roster, {differences.count} another; {without} have none and are not compared."
        return differences.told(source=self.SOURCE, compared=len(self._rows) - without, agree=agree, words=words)


class CommitsOfChanges:
    """Every merged change should have brought commits to the default branch."""

    KIND = "mainline_commit"
    SOURCE = "Commits on default branches with the changes that brought them"

    def __init__(self) -> None:
        self._rows: dict[tuple[str, int], str] = {}

    def add(self, row: Row) -> None:
        """Keep repository and number."""
        self._rows[str(row.get("repository") or ""), int(row.get("number") or 0)] = str(row["id"])

    def finish(self, facts: Facts, bounds: Bounds) -> dict[str, Any]:
        """Named by a commit: agrees. Commits of the period that name a change outside the population are counted, and say so."""
        named: set[tuple[str, int]] = set()
        outside: set[tuple[str, int]] = set()
        for fact in facts(self.KIND):
            keys = {(str(fact.get("repository_name") or ""), number) for number in fact.get("changes") or ()}
            named |= keys & self._rows.keys()
            if _inside(fact.get("committed"), bounds):
                outside |= keys - self._rows.keys()
        differences = Differences()
        for key, row_id in self._rows.items():
            if key not in named:
                differences.add(row_id, "no commit that was read names it")
        words = (
            f"Of {len(self._rows)} changes, {len(named)} are named by a commit on the default branch. Commits of the period name "
            f"{len(outside)} changes that are not in the population: merged outside of it, into another branch, or not read."
        )
        return differences.told(source=self.SOURCE, compared=len(self._rows), agree=len(named), words=words)


class BypassesOfPushes:
    """Where a branch is guarded, a direct push leaves a bypass in the audit log."""

    KIND = "rule_event"
    SOURCE = "Bypasses and changes of branch rules in the code host's audit log"

    def __init__(self) -> None:
        self._count = 0

    def add(self, row: Row) -> None:
        """Count it."""
        self._count += 1

    def finish(self, facts: Facts, bounds: Bounds) -> dict[str, Any]:
        """Both numbers side by side: the log does not name commits."""
        events = sum(1 for fact in facts(self.KIND) if _inside(fact.get("at"), bounds))
        words = (
            f"{self._count} pushes; {events} bypasses or changes of branch rules in the audit log. The log does not name commits, so that "
            "only numbers stand side by side."
        )
        return Differences().told(source=self.SOURCE, compared=0, agree=0, words=words)


SECONDS: Mapping[str, type[Second]] = {
    "identity_of_leavers": IdentityOfLeavers,
    "identity_of_joiners": IdentityOfJoiners,
    "roster_of_users": RosterOfUsers,
    "commits_of_changes": CommitsOfChanges,
    "bypasses_of_pushes": BypassesOfPushes,
}


def _inside(text: Any, bounds: Bounds) -> bool:
    try:
        at: datetime | None = instants.from_text(text) if isinstance(text, str) and text else None
    except ValueError:
        return False
    return at is not None and bounds.from_at <= at < bounds.until_at
