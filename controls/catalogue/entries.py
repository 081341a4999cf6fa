"""What the catalogue consists of: criteria with their points of focus, and controls with their links. Plain, frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """The five trust services categories. Security is the common criteria and belongs to every engagement."""

    SECURITY = "security"
    AVAILABILITY = "availability"
    CONFIDENTIALITY = "confidentiality"
    PROCESSING_INTEGRITY = "processing_integrity"
    PRIVACY = "privacy"


class Applicability(StrEnum):
    """When a point of focus speaks to an engagement: a category in scope, a system-level examination, or a privacy role."""

    CONFIDENTIALITY = "confidentiality"
    AVAILABILITY = "availability"
    PRIVACY = "privacy"
    SYSTEM_LEVEL = "system_level"
    CONTROLLER = "controller"
    PROCESSOR = "processor"


class Frequency(StrEnum):
    """How often a control is performed."""

    CONTINUOUS = "continuous"
    MANY_PER_DAY = "many_per_day"
    DAILY = "daily"
    WEEKLY = "weekly"
    SEMI_MONTHLY = "semi_monthly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMI_ANNUAL = "semi_annual"
    ANNUAL = "annual"
    EVENT = "event"
    ON_DEMAND = "on_demand"

    @property
    def is_periodic(self) -> bool:
        """Whether occurrences fall due by the calendar, so that a missed one can be told from one that was not asked for."""
        return self in PERIODIC


PERIODIC = frozenset(
    {
        Frequency.DAILY,
        Frequency.WEEKLY,
        Frequency.SEMI_MONTHLY,
        Frequency.MONTHLY,
        Frequency.QUARTERLY,
        Frequency.SEMI_ANNUAL,
        Frequency.ANNUAL,
    }
)


class DueRule(StrEnum):
    """From what the due date of a periodic control is counted, in the organization's time zone."""

    END_OF_PERIOD = "end_of_period"
    """Due at the end of each calendar day, week, half month, month, quarter, half year or year."""
    ANNIVERSARY = "anniversary"
    """Due one period after the control was last performed."""


class ControlType(StrEnum):
    """What a control does about an unwanted event: stops it, notices it, or repairs it."""

    PREVENTIVE = "preventive"
    DETECTIVE = "detective"
    CORRECTIVE = "corrective"


class ControlNature(StrEnum):
    """Who performs a control: a person, a system, or a person who relies on what a system reports."""

    MANUAL = "manual"
    AUTOMATED = "automated"
    IT_DEPENDENT_MANUAL = "it_dependent_manual"


class ControlLevel(StrEnum):
    """Whether a control works across the entity or inside one process."""

    ENTITY = "entity"
    PROCESS = "process"


class CheckKind(StrEnum):
    """What a monitoring check says about a control. Design and operation decide the control's state, supporting does not."""

    DESIGN = "design"
    """The configuration or document exists that makes the control work."""
    OPERATION = "operation"
    """The control did what it claims, subject by subject."""
    SUPPORTING = "supporting"
    """Context that a reader of the control wants to see; a failure here is not a failure of the control."""

    @property
    def decides(self) -> bool:
        """Whether an outcome of such a check can change the state of the control."""
        return self is not CheckKind.SUPPORTING


@dataclass(frozen=True, slots=True)
class PointOfFocus:
    """Guidance under a criterion. `slug` is ours and stable; there is no official number. Empty applicability means everyone."""

    slug: str
    title: str
    applicability: frozenset[Applicability] = frozenset()


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the 61 trust services criteria, paraphrased.

    `coso_principle` is 1 to 17 for CC1 to CC5 and None elsewhere. `typical_frequencies` says how often controls
    for this criterion usually run.
    """

    code: str
    category: Category
    series: str
    coso_principle: int | None
    title: str
    summary: str
    points_of_focus: tuple[PointOfFocus, ...]
    typical_controls: tuple[str, ...]
    typical_evidence: tuple[str, ...]
    typical_frequencies: tuple[Frequency, ...]

    @property
    def group(self) -> str:
        """The part of the code before the dot, such as CC6 or A1."""
        return self.code.partition(".")[0]


@dataclass(frozen=True, slots=True)
class CriteriaSet:
    """One edition of the criteria. `digest` is the SHA-256 of the file, hexadecimal, for a cheap "has anything changed"."""

    edition: str
    title: str
    digest: str
    criteria: tuple[Criterion, ...]
    by_code: Mapping[str, Criterion]


@dataclass(frozen=True, slots=True)
class CriterionLink:
    """Why a control serves a criterion, in a rationale written for this pair. The slugs belong to that criterion."""

    code: str
    rationale: str
    points_of_focus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckLink:
    """Why a monitoring check speaks about a control, and whether it decides its state. `id` is the check's published id."""

    id: str
    kind: CheckKind
    rationale: str


@dataclass(frozen=True, slots=True)
class LibraryControl:
    """A control as the library proposes it.

    `due_rule` and `grace_days` (calendar days after the due date before an occurrence counts as late) are set exactly
    when `frequency` is periodic. `area` is the file it stands in.
    """

    code: str
    area: str
    title: str
    statement: str
    type: ControlType
    nature: ControlNature
    level: ControlLevel
    key: bool
    frequency: Frequency
    due_rule: DueRule | None
    grace_days: int | None
    default_owner_role: str
    typical_evidence: tuple[str, ...]
    criteria: tuple[CriterionLink, ...]
    checks: tuple[CheckLink, ...] = ()

    @property
    def deciding_checks(self) -> tuple[CheckLink, ...]:
        """The checks whose outcome can change the state of this control."""
        return tuple(link for link in self.checks if link.kind.decides)


@dataclass(frozen=True, slots=True)
class Area:
    """One file of the library: a subject such as access or change, and the code prefixes it owns."""

    name: str
    title: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """One edition of the control library. `digest` is a SHA-256, hexadecimal, over all its files in name order."""

    edition: str
    digest: str
    areas: tuple[Area, ...]
    controls: tuple[LibraryControl, ...]
    by_code: Mapping[str, LibraryControl]
