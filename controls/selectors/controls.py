"""Reading controls and what they are linked to."""

import uuid
from collections import defaultdict
from collections.abc import Iterable

from controls.models import Control, ControlCheck, ControlCriterion, Criterion


def criteria_of(control_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Criterion codes per control, in the order of the criteria."""
    links: dict[uuid.UUID, list[str]] = defaultdict(list)
    rows = ControlCriterion.objects.filter(control_id__in=list(control_ids)).order_by("criterion__position")
    for control_id, code in rows.values_list("control_id", "criterion_id"):
        links[control_id].append(code)
    return links


def control_by_code(code: str) -> Control:
    """The control of that code with its owner. Raises Control.DoesNotExist."""
    return Control.objects.select_related("owner__user").get(code=code)


def controls_of_frequencies(frequencies: Iterable[str]) -> list[Control]:
    """Controls that are performed this often, by code, with their owner."""
    return list(Control.objects.filter(frequency__in=list(frequencies)).select_related("owner__user").order_by("code"))


def checks_of(control_id: uuid.UUID) -> list[ControlCheck]:
    """The control's links to checks, deciding ones first."""
    return deciding_first(ControlCheck.objects.filter(control_id=control_id))


def deciding_first(links: Iterable[ControlCheck]) -> list[ControlCheck]:
    """Links to checks in their order: those that decide before those that only support."""
    return sorted(links, key=lambda link: (link.kind == "supporting", link.check_id))


def controls_of_check(check_id: str) -> list[ControlCheck]:
    """Every link of a check to a control, with the control."""
    return list(ControlCheck.objects.filter(check_id=check_id).select_related("control").order_by("control__code"))


def criteria() -> list[Criterion]:
    """All criteria in their order."""
    return list(Criterion.objects.all())


def links_by_criterion() -> dict[str, list[uuid.UUID]]:
    """Control ids per criterion code."""
    links: dict[str, list[uuid.UUID]] = defaultdict(list)
    for code, control_id in ControlCriterion.objects.filter(control__retired_at=None).values_list("criterion_id", "control_id"):
        links[code].append(control_id)
    return links


def deciding_links(check_ids: Iterable[str]) -> list[tuple[uuid.UUID, str]]:
    """(control, check) of every link by which one of these checks decides a control."""
    links = ControlCheck.objects.filter(check_id__in=list(check_ids)).exclude(kind="supporting")
    return list(links.values_list("control_id", "check_id"))


def kinds_by_control() -> dict[uuid.UUID, set[str]]:
    """Which kinds of checks (design, operation, supporting) each control has."""
    kinds: dict[uuid.UUID, set[str]] = defaultdict(set)
    for control_id, kind in ControlCheck.objects.values_list("control_id", "kind"):
        kinds[control_id].add(kind)
    return kinds


def adopted_codes() -> frozenset[str]:
    """Codes of all controls that the organization has, retired ones included."""
    return frozenset(Control.objects.values_list("code", flat=True))
