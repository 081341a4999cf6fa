"""Controls for a package."""

from controls.models import Control


def controls_in_force(code: str = "") -> list[Control]:
    """Every control that is not retired, by code; or the one of that code, retired or not."""
    if code:
        return list(Control.objects.filter(code=code))
    return list(Control.objects.filter(retired_at=None).order_by("code"))
