"""The people of the demo company at Jira, from the roster that all sandboxes share."""

from dataclasses import dataclass
from functools import cache

from integrations.sandbox.company import fernhill, roster

HIDES_ADDRESS = frozenset({"quentin.roche"})
ADMINISTRATORS = ("jonas.weber", "tom.okafor")
READER = "jonas.weber"
RESPONDERS = ("tom.okafor", "ines.moreau", "priya.natarajan", "grace.mwangi")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with an account. Days count from the start of the story: `joins_day` None is there from the beginning; `ends_day` is when
    the account was switched off, `rejoins_day` when it was switched on again."""

    user: str
    name: str
    email: str
    team: str
    employee: str
    leaves_day: int | None
    joins_day: int | None = None
    ends_day: float | None = None
    rejoins_day: int | None = None
    account_type: str = "atlassian"


@cache
def everyone() -> tuple[Colleague, ...]:
    """All accounts that there are at some time, in the order of the roster; then those of nobody."""
    people = [_colleague(each) for each in roster.colleagues() if each.jira is not None]
    return (*people, *accounts_of_nobody())


def accounts_of_nobody() -> tuple[Colleague, ...]:
    """Service and shared accounts."""
    rows = [each for each in fernhill.load().get("other_accounts", ()) if each["system"] == "jira"]
    sorts = {"service": "app"}
    return tuple(
        Colleague(
            each["user"], each["user"].replace("-", " ").capitalize(), each["login"], "", "", None,
            account_type=sorts.get(each["kind"], "atlassian"),
        )
        for each in rows
    )  # fmt: skip


def _colleague(who: roster.Colleague) -> Colleague:
    ends = None if who.leaves_day is None else who.account_ends.get("jira", who.leaves_day + 0.4)
    email = (who.jira or {}).get("email", who.email)
    return Colleague(who.user, who.name, email, who.team, who.employee, who.leaves_day, who.joins_day, ends, who.rejoins_day)
