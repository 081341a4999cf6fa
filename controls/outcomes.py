"""The words for what was found: outcomes of judging one subject, states of a check, states of a control.

One enum each, used by every page, document and export. Plain Python: checks import this.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

# The reason of a subject whose fact holds a value that the check cannot read. Fixed words: judging again must give the same row, and what
# an interpreter says of a bad value differs between its versions.
UNREADABLE = "a value of the fact is not written as it has to be"


class Outcome(IntEnum):
    """Of judging one subject. NO_DATA: the fact lacks (None) what the check needs; it is neither pass nor fail."""

    PASS = 0
    FAIL = 1
    NOT_APPLICABLE = 2
    NO_DATA = 3

    @property
    def word(self) -> str:
        """Lower-case name, as in exports and CSS classes."""
        return self.name.lower()


class CheckState(StrEnum):
    """Of one check now, over its whole population. Only PASS counts as passing."""

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"
    STALE = "stale"
    NO_POPULATION = "no_population"
    NO_DATA = "no_data"
    DISABLED = "disabled"


class ControlState(StrEnum):
    """Of a control at an instant, in order of precedence (the first that holds is the state)."""

    FAILED = "failed"
    NOT_OBSERVED = "not_observed"
    WAIVED = "waived"
    MET = "met"
    NO_OCCURRENCE = "no_occurrence"


class Severity(StrEnum):
    """Drives the default time to fix: critical 1 day, high 7, medium 30, low 90 (parameters)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check says of one subject.

    `reason` and `holds_until` are functions of fact and parameters only ("expires 3 May 2026", never "57 days left"):
    judging again at another time must give the same row. `holds_until` is the instant at which the outcome turns
    without any new fact; None when only a new fact can turn it.
    """

    outcome: Outcome
    reason: str
    holds_until: datetime | None = None


def passed(reason: str, holds_until: datetime | None = None) -> Judgement:
    """The subject meets the claim."""
    return Judgement(Outcome.PASS, reason, holds_until)


def failed(reason: str, holds_until: datetime | None = None) -> Judgement:
    """The subject does not meet the claim."""
    return Judgement(Outcome.FAIL, reason, holds_until)


def not_applicable(reason: str, holds_until: datetime | None = None) -> Judgement:
    """The claim does not speak of this subject, by rule."""
    return Judgement(Outcome.NOT_APPLICABLE, reason, holds_until)


def no_data(reason: str) -> Judgement:
    """What the check needs was not observed for this subject."""
    return Judgement(Outcome.NO_DATA, reason)


def said_word(outcome: int, reason: str) -> str:
    """The word under which pages show a subject's answer: the outcome's, but `error` where the check could not read a value of the fact
    (compliance/decisions/0017). Counts and exports keep the outcome, which is NO_DATA."""
    return CheckState.ERROR.value if outcome == Outcome.NO_DATA and reason == UNREADABLE else Outcome(outcome).word
