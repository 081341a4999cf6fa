"""Reading checks."""

from collections.abc import Iterable, Sequence

from controls.models import Check, CheckVersion
from controls.outcomes import CheckState


def affected_by_vendor(vendor: str, operations: frozenset[str] = frozenset()) -> int:
    """How many enabled checks of a vendor cannot be relied upon now (because of these operations, when named)."""
    blind = Check.objects.filter(
        enabled=True,
        logic_version__gt=0,
        check_id__startswith=f"{PREFIXES.get(vendor, vendor)}.",
        state__in=[CheckState.ERROR, CheckState.STALE, CheckState.NO_DATA],
    )
    if not operations:
        return blind.count()
    return sum(1 for detail in blind.values_list("detail", flat=True) if any(operation in detail for operation in operations))


PREFIXES = {"github": "gh", "aws": "aws"}


def all_checks() -> Sequence[Check]:
    """Every check of the organization, by id."""
    return list(Check.objects.order_by("check_id"))


def check_by_id(check_id: str) -> Check | None:
    """The organization's row of a check, None while no adopted control uses it."""
    return Check.objects.filter(check_id=check_id).first()


def failing_checks(limit: int) -> Sequence[Check]:
    """Checks of this version that fail now, by id."""
    return list(Check.objects.filter(failing__gt=0, logic_version__gt=0, state=CheckState.FAIL).order_by("check_id")[:limit])


def checks_by_id(check_ids: Iterable[str]) -> dict[str, Check]:
    """Rows of these checks, by their ids."""
    return {check.check_id: check for check in Check.objects.filter(check_id__in=list(check_ids))}


def versions_of(check: Check, limit: int = 20) -> Sequence[CheckVersion]:
    """Logic and parameters of a check over time, newest first."""
    return list(CheckVersion.objects.filter(check_row=check).order_by("-from_at")[:limit])
