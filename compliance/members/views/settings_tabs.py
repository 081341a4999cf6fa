"""The parts of an organization's settings, as far as the reader may open them."""

from django.http import HttpRequest
from django.urls import reverse

from compliance.members.roles import Right, allows

_PARTS = (
    ("Organization", "settings", Right.MANAGE_ORGANIZATION),
    ("Members", "members", Right.SEE_MEMBERS),
    ("Notifications", "channels", Right.MANAGE_ORGANIZATION),
    ("API tokens", "tokens", Right.MANAGE_TOKENS),
    ("Keeping", "keeping", Right.MANAGE_CONTROLS),
    ("Trail", "trail", Right.SEE_TRAIL),
)


def settings_tabs(request: HttpRequest, current: str) -> list[dict[str, object]]:
    """Items for `{% tabs %}`; `current` is the name of the address."""
    return [
        {"name": name, "url": reverse(route, args=[request.organization.slug]), "current": route == current}
        for name, route, right in _PARTS
        if allows(request.membership.role, right)
    ]


def crumbs(request: HttpRequest, *parts: tuple[str, str]) -> list[tuple[str, str]]:
    """Settings, then the parts; the last is the page itself."""
    first = next((part["url"] for part in settings_tabs(request, "")), "")
    return [("Settings", str(first)), *parts]
