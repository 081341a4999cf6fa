"""Reading checks."""

from collections.abc import Iterable, Sequence

from controls.models import Check, CheckVersion
from controls.outcomes import CheckState


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
