"""What is merged and pushed at the demo company each day: a function of the date alone, so that any stretch of it can be made
at once or replayed in steps with the same result."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from integrations.sandbox.github.cast import ENGINEERS
from integrations.sandbox.github.estate import PLOTS
from integrations.sandbox.github.state import State

FIRST_DAY = date(2024, 1, 8)
PER_WEEKDAY = (4, 3, 4, 3, 3)  # Monday to Friday: about 600 in eight months
TITLES = (
    "Retry on timeouts",
    "Add index for lookups",
    "Raise log level of audit events",
    "Validate input of form",
    "Cache settings",
    "Drop unused column",
    "Rename field in response",
    "Handle empty result",
    "Upgrade dependencies",
    "Document endpoint",
    "Speed up query",
    "Fix rounding of totals",
    "Add feature switch",
    "Remove dead code",
    "Show error to user",
    "Limit size of upload",
    "Rotate keys on schedule",
    "Cover edge case with test",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One merged pull request or direct push. `course`: reviewed, changed_after_approval, unreviewed (merged by its author),
    approved_by_committer, checks_failed, emergency (labelled, unreviewed) or direct (no pull request)."""

    at: datetime
    opened_at: datetime
    repository: str
    number: int
    author: str
    reviewer: str
    title: str
    course: str
    ticket: str

    def apply(self, state: State) -> None:
        """Make it happen in the state."""
        if self.repository not in state.repositories:
            return
        if self.course == "direct":
            state.push_directly(self.repository, self.author, f"{self.title} directly", at=self.at)
            return
        committers = (self.author, self.reviewer) if self.course == "approved_by_committer" else (self.author,)
        pull = state.open_pull(
            self.repository,
            self.author,
            f"{self.ticket} {self.title}".strip(),
            at=self.opened_at,
            number=self.number,
            commits=2,
            commit_authors=committers,
            branch=f"{self.author}/{self.title.lower().replace(' ', '-')}",
            labels=["emergency"] if self.course == "emergency" else [],
        )
        middle = self.opened_at + (self.at - self.opened_at) / 2
        if self.course not in ("unreviewed", "emergency"):
            state.review(pull, self.reviewer, at=middle)
        if self.course == "changed_after_approval":
            state.push_to(self.repository, pull, self.author, at=self.at - timedelta(minutes=5), message="One more thing")
        outcome = "failure" if self.course == "checks_failed" else "success"
        state.check(self.repository, pull.head, "ci", outcome, at=self.at - timedelta(minutes=2))
        state.check(self.repository, pull.head, "lint", at=self.at - timedelta(minutes=3))
        merged = state.merge(
            self.repository, pull, self.author if self.course in ("unreviewed", "emergency") else self.reviewer, at=self.at
        )
        state.check(self.repository, merged.sha, "ci", at=self.at + timedelta(minutes=6))


def changes(start: datetime, end: datetime) -> Iterator[Change]:
    """Changes merged after `start` and not after `end`, in order of time."""
    day = start.astimezone(UTC).date()
    while day <= end.astimezone(UTC).date():
        yield from sorted((each for each in _of_day(day) if start < each.at <= end), key=lambda each: each.at)
        day += timedelta(days=1)


def _of_day(day: date) -> list[Change]:
    if day.weekday() > 4:
        return []
    dice = random.Random(f"fernhill {day.isoformat()}")
    return [_change(day, index, dice) for index in range(PER_WEEKDAY[day.weekday()])]


def _change(day: date, index: int, dice: random.Random) -> Change:
    plot = dice.choices(PLOTS, [each.weight for each in PLOTS])[0]
    team = [each.login for each in ENGINEERS if each.team == plot.team] or [each.login for each in ENGINEERS]
    author, reviewer = dice.sample(team, 2)
    opened = datetime.combine(day, time(8 + dice.randrange(6), dice.randrange(60)), UTC)
    merged = opened + timedelta(minutes=dice.randrange(40, 300))
    course = dice.choices(
        ("reviewed", "changed_after_approval", "unreviewed", "approved_by_committer", "checks_failed", "emergency", "direct"),
        (958, 10, 8, 5, 7, 4, 8),
    )[0]
    number = (day - FIRST_DAY).days * 5 + index + 1
    return Change(
        at=merged,
        opened_at=opened,
        repository=plot.name,
        number=number,
        author=author,
        reviewer=reviewer,
        title=dice.choice(TITLES),
        course=course,
        ticket=f"FERN-{number}" if dice.random() < 0.97 else "",
    )
