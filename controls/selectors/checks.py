"""Reading checks."""

from collections.abc import Sequence

from controls.models import Check
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
