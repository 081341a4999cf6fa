"""Loads the criteria and the control library from the YAML files beside this module, and refuses them when anything is off.

The files are package data, so they are found from a wheel or a zip as well as from a working copy.
"""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from controls.catalogue.entries import (
    Applicability,
    Area,
    Category,
    CheckKind,
    CheckLink,
    ControlLevel,
    ControlNature,
    ControlType,
    CriteriaSet,
    Criterion,
    CriterionLink,
    DueRule,
    Frequency,
    Library,
    LibraryControl,
    PointOfFocus,
)
from controls.catalogue.errors import CatalogueError
from controls.catalogue.reading import Entry, read_document, unknown

__all__ = [
    "Applicability",
    "Area",
    "CatalogueError",
    "Category",
    "CheckKind",
    "CheckLink",
    "ControlLevel",
    "ControlNature",
    "ControlType",
    "CriteriaSet",
    "Criterion",
    "CriterionLink",
    "DueRule",
    "Frequency",
    "Library",
    "LibraryControl",
    "PointOfFocus",
    "load_criteria",
    "load_library",
]

CURRENT_EDITION = "tsc-2017-pof-2022"

LIBRARY_EDITION = "plumbline-1"

RATIONALE_AT_LEAST = 40
"""Characters. Shorter than this, a rationale names the criterion again instead of giving a reason."""

STATEMENT_AT_LEAST = 120
"""Characters. Who, what, when, how, evidence and outcome do not fit into less."""

GRACE_DAYS_AT_MOST = 60

OWNER_ROLES = frozenset(
    {
        "Board chair",
        "CEO",
        "Compliance manager",
        "Finance lead",
        "Head of engineering",
        "Head of product",
        "Head of support",
        "IT lead",
        "Legal counsel",
        "People lead",
        "Platform lead",
        "Privacy lead",
        "Security lead",
    }
)
"""Roles the library proposes as owners. Closed, so that a spelling variant does not become a second role."""

_SLUG = re.compile(r"[a-z]+(-[a-z]+)*")
_CRITERION_CODE = re.compile(r"(CC|A|C|PI|P)[1-9]\.[1-9]")
_CONTROL_CODE = re.compile(r"([A-Z]{2})-\d{2}")
_CHECK_ID = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9][a-z0-9_]*){1,2}")


@dataclass(frozen=True, slots=True)
class _Expected:
    """What an edition must add up to: criteria and points of focus, per category."""

    criteria: dict[Category, int]
    points_of_focus: dict[Category, int]


EXPECTED = MappingProxyType(
    {
        CURRENT_EDITION: _Expected(
            criteria={
                Category.SECURITY: 33,
                Category.AVAILABILITY: 3,
                Category.CONFIDENTIALITY: 2,
                Category.PROCESSING_INTEGRITY: 5,
                Category.PRIVACY: 18,
            },
            points_of_focus={
                Category.SECURITY: 232,
                Category.AVAILABILITY: 16,
                Category.CONFIDENTIALITY: 5,
                Category.PROCESSING_INTEGRITY: 18,
                Category.PRIVACY: 58,
            },
        )
    }
)
"""Counts per edition (TSP section 100, 2017 criteria with the points of focus of 2022): 61 criteria, 329 points of focus."""


def load_criteria(directory: Traversable | None = None) -> CriteriaSet:
    """Return the current edition of the trust services criteria.

    `directory` holds `<edition>.yaml`; without it the packaged data is read. Raises CatalogueError.
    """
    directory = directory or files("controls.catalogue").joinpath("criteria")
    source = directory.joinpath(f"{CURRENT_EDITION}.yaml")
    document, content = read_document(source)
    top = Entry(source.name, "the file", document)
    top.only(required=("edition", "title", "criteria"))
    edition = top.text("edition")
    if edition not in EXPECTED:
        raise top.error(unknown("edition", edition, EXPECTED) + "; the edition must equal the file's name")
    criteria = tuple(_criterion(source.name, number, value) for number, value in enumerate(top.items("criteria"), 1))
    _refuse_repeated(source.name, [criterion.code for criterion in criteria])
    _refuse_wrong_counts(top, criteria, EXPECTED[edition])
    return CriteriaSet(
        edition=edition,
        title=top.text("title"),
        digest=hashlib.sha256(content).hexdigest(),
        criteria=criteria,
        by_code=MappingProxyType({criterion.code: criterion for criterion in criteria}),
    )


def load_library(criteria: CriteriaSet, directory: Traversable | None = None) -> Library:
    """Return the control library, its links checked against `criteria`.

    `directory` holds one YAML file per area; without it the packaged data is read. Raises CatalogueError, also when
    a criterion is left without a control.
    """
    directory = directory or files("controls.catalogue").joinpath("library")
    sources = sorted((item for item in directory.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    if not sources:
        raise CatalogueError(directory.name, "the folder", "holds no .yaml file; restore the library's files")
    digest = hashlib.sha256()
    areas: list[Area] = []
    controls: list[LibraryControl] = []
    for source in sources:
        area, found, content = _area(source, criteria)
        digest.update(source.name.encode() + b"\0" + hashlib.sha256(content).digest())
        _refuse_repeated(source.name, [prefix for each in (*areas, area) for prefix in each.prefixes])
        areas.append(area)
        controls.extend(found)
        _refuse_repeated(source.name, [control.code for control in controls])
    _refuse_shared_rationales(controls)
    _refuse_uncovered(directory.name, criteria, controls)
    return Library(
        edition=LIBRARY_EDITION,
        digest=digest.hexdigest(),
        areas=tuple(areas),
        controls=tuple(controls),
        by_code=MappingProxyType({control.code: control for control in controls}),
    )


def _name(value: object, key: str, fallback: str) -> str:
    """What to call an entry in a complaint: its own code where it has one, else its place."""
    named = value.get(key) if isinstance(value, dict) else None
    return named if isinstance(named, str) else fallback


def _refuse_repeated(file: str, codes: list[str]) -> None:
    for code, count in Counter(codes).items():
        if count > 1:
            raise CatalogueError(file, code, f"is defined {count} times; give each its own code or remove the copy")


def _refuse_wrong_counts(top: Entry, criteria: tuple[Criterion, ...], expected: _Expected) -> None:
    found = Counter(criterion.category for criterion in criteria)
    points: Counter[Category] = Counter()
    for criterion in criteria:
        points[criterion.category] += len(criterion.points_of_focus)
    for category in Category:
        for noun, count, wanted in (
            ("criteria", found[category], expected.criteria[category]),
            ("points of focus", points[category], expected.points_of_focus[category]),
        ):
            if count != wanted:
                raise top.error(f"{category} has {count} {noun}, but this edition has {wanted}; restore or remove the difference")


def _criterion(file: str, number: int, value: object) -> Criterion:
    entry = Entry(file, _name(value, "code", f"criterion no. {number}"), value)
    entry.only(
        required=(
            "code",
            "category",
            "series",
            "coso_principle",
            "title",
            "summary",
            "points_of_focus",
            "typical_controls",
            "typical_evidence",
            "typical_frequencies",
        )
    )
    code = entry.text("code")
    if not _CRITERION_CODE.fullmatch(code):
        raise entry.error("code must look like CC6.1, A1.2, PI1.3, C1.1 or P4.2")
    points = tuple(_point(entry, place, item) for place, item in enumerate(entry.items("points_of_focus"), 1))
    _refuse_repeated(file, [f"{code}, point of focus {point.slug}" for point in points])
    return Criterion(
        code=code,
        category=entry.word("category", Category),
        series=entry.text("series"),
        coso_principle=None if entry.is_null("coso_principle") else entry.number("coso_principle", at_least=1, at_most=17),
        title=entry.text("title"),
        summary=entry.text("summary"),
        points_of_focus=points,
        typical_controls=entry.texts("typical_controls"),
        typical_evidence=entry.texts("typical_evidence"),
        typical_frequencies=entry.words("typical_frequencies", Frequency),
    )


def _point(parent: Entry, place: int, value: object) -> PointOfFocus:
    name = _name(value, "slug", f"no. {place}")
    entry = Entry(parent.file, f"{parent.name}, point of focus {name}", value)
    entry.only(required=("slug", "title"), optional=("applicability",))
    slug = entry.text("slug")
    if not _SLUG.fullmatch(slug):
        raise entry.error("slug must be lower-case words joined by hyphens, without digits; a number would look official")
    applicability = entry.words("applicability", Applicability) if entry.has("applicability") else ()
    return PointOfFocus(slug=slug, title=entry.text("title"), applicability=frozenset(applicability))


def _area(source: Traversable, criteria: CriteriaSet) -> tuple[Area, list[LibraryControl], bytes]:
    document, content = read_document(source)
    top = Entry(source.name, "the file", document)
    top.only(required=("edition", "title", "prefixes", "controls"))
    if top.text("edition") != LIBRARY_EDITION:
        raise top.error(f"edition is {top.text('edition')!r}; all files of the library must carry {LIBRARY_EDITION!r}")
    area = Area(name=source.name.removesuffix(".yaml"), title=top.text("title"), prefixes=top.texts("prefixes"))
    controls = [_control(source.name, area, number, value, criteria) for number, value in enumerate(top.items("controls"), 1)]
    return area, controls, content


def _control(file: str, area: Area, number: int, value: object, criteria: CriteriaSet) -> LibraryControl:
    entry = Entry(file, _name(value, "code", f"control no. {number}"), value)
    entry.only(
        required=(
            "code",
            "title",
            "statement",
            "type",
            "nature",
            "level",
            "key",
            "frequency",
            "default_owner_role",
            "typical_evidence",
            "criteria",
        ),
        optional=("due_rule", "grace_days", "checks"),
    )
    due_rule, grace_days = _due(entry)
    return LibraryControl(
        code=_control_code(entry, area),
        area=area.name,
        title=entry.text("title"),
        statement=entry.text("statement", at_least=STATEMENT_AT_LEAST),
        type=entry.word("type", ControlType),
        nature=entry.word("nature", ControlNature),
        level=entry.word("level", ControlLevel),
        key=entry.flag("key"),
        frequency=entry.word("frequency", Frequency),
        due_rule=due_rule,
        grace_days=grace_days,
        default_owner_role=_owner_role(entry),
        typical_evidence=entry.texts("typical_evidence"),
        criteria=_criterion_links(entry, criteria),
        checks=_check_links(entry),
    )


def _control_code(entry: Entry, area: Area) -> str:
    code = entry.text("code")
    match = _CONTROL_CODE.fullmatch(code)
    if not match:
        raise entry.error("code must be two capital letters, a hyphen and two digits, such as AC-07")
    if match[1] not in area.prefixes:
        raise entry.error(f"its prefix is not one of {', '.join(area.prefixes)}; move it to the file that owns {match[1]}")
    return code


def _owner_role(entry: Entry) -> str:
    role = entry.text("default_owner_role")
    if role not in OWNER_ROLES:
        raise entry.error(unknown("owner role", role, OWNER_ROLES) + f"; choose one of {', '.join(sorted(OWNER_ROLES))}")
    return role


def _due(entry: Entry) -> tuple[DueRule | None, int | None]:
    frequency = entry.word("frequency", Frequency)
    if frequency.is_periodic:
        if not (entry.has("due_rule") and entry.has("grace_days")):
            raise entry.error(f"is performed {frequency}, so it needs due_rule and grace_days; add both")
        return entry.word("due_rule", DueRule), entry.number("grace_days", at_least=0, at_most=GRACE_DAYS_AT_MOST)
    if entry.has("due_rule") or entry.has("grace_days"):
        raise entry.error(f"frequency {frequency} has no due date; remove due_rule and grace_days, or choose a periodic frequency")
    return None, None


def _criterion_links(control: Entry, criteria: CriteriaSet) -> tuple[CriterionLink, ...]:
    links = []
    for number, value in enumerate(control.items("criteria"), 1):
        entry = Entry(control.file, f"{control.name}, criterion {_name(value, 'code', f'no. {number}')}", value)
        entry.only(required=("code", "rationale"), optional=("points_of_focus",))
        code = entry.text("code")
        if code not in criteria.by_code:
            raise entry.error(unknown("criterion", code, criteria.by_code) + f" in {criteria.edition}; correct the code")
        slugs = entry.texts("points_of_focus") if entry.has("points_of_focus") else ()
        known = [point.slug for point in criteria.by_code[code].points_of_focus]
        for slug in slugs:
            if slug not in known:
                raise entry.error(unknown("point of focus", slug, known) + f" under {code}; correct the slug")
        links.append(CriterionLink(code=code, rationale=entry.text("rationale", at_least=RATIONALE_AT_LEAST), points_of_focus=slugs))
    _refuse_repeated(control.file, [f"{control.name}, criterion {link.code}" for link in links])
    return tuple(links)


def _check_links(control: Entry) -> tuple[CheckLink, ...]:
    if not control.has("checks"):
        return ()
    links = []
    for number, value in enumerate(control.items("checks"), 1):
        entry = Entry(control.file, f"{control.name}, check {_name(value, 'id', f'no. {number}')}", value)
        entry.only(required=("id", "kind", "rationale"))
        check = entry.text("id")
        if not _CHECK_ID.fullmatch(check):
            raise entry.error("id must be a published check id such as aws.iam.root_mfa")
        rationale = entry.text("rationale", at_least=RATIONALE_AT_LEAST)
        links.append(CheckLink(id=check, kind=entry.word("kind", CheckKind), rationale=rationale))
    _refuse_repeated(control.file, [f"{control.name}, check {link.id}" for link in links])
    return tuple(links)


def _refuse_shared_rationales(controls: list[LibraryControl]) -> None:
    owner: dict[str, str] = {}
    for control in controls:
        pairs = [(link.code, link.rationale) for link in control.criteria] + [(link.id, link.rationale) for link in control.checks]
        for target, rationale in pairs:
            pair = f"{control.code} with {target}"
            first = owner.setdefault(rationale.casefold(), pair)
            if first != pair:
                raise CatalogueError(f"{control.area}.yaml", pair, f"has the same rationale as {first}; write one for this pair")


def _refuse_uncovered(file: str, criteria: CriteriaSet, controls: list[LibraryControl]) -> None:
    covered = {link.code for control in controls for link in control.criteria}
    missing = [criterion.code for criterion in criteria.criteria if criterion.code not in covered]
    if missing:
        raise CatalogueError(file, ", ".join(missing), "no control serves it; link one with a rationale")
