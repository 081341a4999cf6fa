"""The icon set: a 16 px grid, strokes of 1.5 px, drawn for Plumbline. One sprite per page, used by reference."""

from __future__ import annotations

from functools import cache, lru_cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

ICONS: dict[str, str] = {
    "audits": '<circle cx="7" cy="7" r="5"/><path d="m10.7 10.7 3.8 3.8M4.8 7.2l1.6 1.6 2.8-3.2"/>',
    "bell": (
        '<path d="M8 1.5a4.2 4.2 0 0 0-4.2 4.2c0 4-1.8 5.3-1.8 5.3h12s-1.8-1.3-1.8-5.3A4.2 4.2 0 0 0 8 1.5zM6.5 13.5a1.6 1.6 0 0 0 3 0"/>'
    ),
    "bob": '<path d="M8 1v5M5.2 6h5.6L8 15z"/>',
    "calendar": '<rect x="2" y="3.5" width="12" height="10.5" rx="1"/><path d="M2 7h12M5.5 1.5V5M10.5 1.5V5"/>',
    "check": '<path d="m3.5 8.5 3 3 6-7"/>',
    "close": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "comment": '<path d="M2.5 3h11v8H8l-3 3v-3H2.5z"/>',
    "connections": '<path d="M6 1.5v3M10 1.5v3M4 4.5h8V8a4 4 0 0 1-8 0zM8 12v2.5"/>',
    "controls": (
        '<path d="M2 4h7M13 4h1M2 8h2M8 8h6M2 12h6M12 12h2"/><circle cx="11" cy="4" r="1.8"/><circle cx="6" cy="8" r="1.8"/>'
        '<circle cx="10" cy="12" r="1.8"/>'
    ),
    "copy": (
        '<rect x="5.5" y="5.5" width="8" height="8" rx="1"/><path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/>'
    ),
    "device": '<rect x="3" y="3" width="10" height="7.5" rx="1"/><path d="M1 13.5h14"/>',
    "down": '<path d="m4.5 6.5 3.5 3.5 3.5-3.5"/>',
    "download": '<path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 14h11"/>',
    "edit": '<path d="m3 13 .6-2.8L10.8 3 13 5.2l-7.2 7.2zM9.3 4.5l2.2 2.2"/>',
    "error": '<path d="M8 1.8 15 14H1zM8 6.2v3.6M8 12h.01"/>',
    "evidence": '<path d="M9.5 1.5H4a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V5zM9.5 1.5V5H13M5.5 8.5h5M5.5 11.5h3"/>',
    "external": '<path d="M6.5 3.5h-3v9h9v-3M9 2.5h4.5V7M13.5 2.5l-6 6"/>',
    "failed": '<path class="solid" d="M8 .8 15.2 8 8 15.2.8 8z"/><path class="on-solid" d="M8 4.8v3.8M8 11.2h.01"/>',
    "filter": '<path d="M2 3.5h12M4.5 8h7M7 12.5h2"/>',
    "governance": '<path d="M8 1.5v13M4.5 14.5h7M2.5 4h11M2.5 4 .9 9h3.7zM13.5 4l-1.9 5h3.7z"/>',
    "help": '<circle cx="8" cy="8" r="6.2"/><path d="M6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.7-.8 1.3M8 11.4h.01"/>',
    "incident": '<path d="M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z"/>',
    "info": '<circle cx="8" cy="8" r="6.2"/><path d="M8 7.5v3.5M8 5h.01"/>',
    "key": '<circle cx="5" cy="11" r="3"/><path d="m7.2 8.8 6.3-6.3M11 5l2 2"/>',
    "left": '<path d="m9.5 4.5-3.5 3.5 3.5 3.5"/>',
    "link": '<path d="m6.5 9.5 3-3M7 4.5 8.5 3a2.5 2.5 0 0 1 4.5 3l-2 2.5M9 11.5 7.5 13A2.5 2.5 0 0 1 3 10l2-2.5"/>',
    "lock": '<rect x="3" y="7" width="10" height="7" rx="1"/><path d="M5 7V5a3 3 0 0 1 6 0v2"/>',
    "m-design": '<rect x="2" y="2" width="12" height="12"/>',
    "m-failed": '<path d="M8 0 16 8 8 16 0 8z" fill="currentColor" stroke="none"/>',
    "m-no-occurrence": '<rect x="2" y="2" width="12" height="12" stroke-width="1"/>',
    "m-operation": '<rect x="1" y="1" width="14" height="14" fill="currentColor" stroke="none"/>',
    "m-supporting": '<path d="M8 3v10M3 8h10"/>',
    "m-unobserved": '<rect x="1.25" y="1.25" width="13.5" height="13.5" fill="url(#hatch)" stroke-width="1"/>',
    "m-waived": '<rect x="1.75" y="1.75" width="12.5" height="12.5"/><path d="M6 2v12M10 2v12"/>',
    "mail": '<rect x="1.5" y="3" width="13" height="10" rx="1"/><path d="m2 4 6 5 6-5"/>',
    "menu": '<path d="M2.5 4h11M2.5 8h11M2.5 12h11"/>',
    "met": '<circle cx="8" cy="8" r="6.2"/><path d="m5.3 8.3 1.9 1.9 3.6-4.2"/>',
    "more": '<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2"/>',
    "no-occurrence": '<circle cx="8" cy="8" r="6.2"/><path d="M5.5 8h5"/>',
    "nodata": '<path d="M2.5 8h3M10.5 8h3M8 2.5v3M8 10.5v3" /><path d="m2.5 2.5 11 11"/>',
    "nopopulation": '<circle cx="8" cy="8" r="6.2"/><path d="m3.7 12.3 8.6-8.6"/>',
    "not-applicable": '<path d="M2 8h12M5 4.5h6M5 11.5h6"/>',
    "overview": '<path d="M2 12.5a6 6 0 0 1 12 0M8 12.5l2.6-4.4M2 12.5h1.5M12.5 12.5H14"/>',
    "people": (
        '<circle cx="6" cy="5" r="2.5"/><path d="M1.5 14a4.5 4.5 0 0 1 9 0M10.5 2.8a2.5 2.5 0 0 1 0 4.4M12 9.8a4.5 4.5 0 0 1 2.5 4.2"/>'
    ),
    "person": '<circle cx="8" cy="5" r="3"/><path d="M2.5 14.5a5.5 5.5 0 0 1 11 0"/>',
    "play": '<path d="M4.5 2.5v11l9-5.5z"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "replay": '<path d="M3 8a5 5 0 1 0 1.6-3.7M3 2v3h3"/>',
    "right": '<path d="m6.5 4.5 3.5 3.5-3.5 3.5"/>',
    "risk": '<path d="M2 2v12h12M5 11l3-4 2 2 3.5-5"/>',
    "scope": '<circle cx="8" cy="8" r="5"/><path d="M8 1v4M8 11v4M1 8h4M11 8h4"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="m10.3 10.3 4.2 4.2"/>',
    "send": '<path d="m14 2-12.5 4.5 5 3 3 5zM14 2 6.5 9.5"/>',
    "settings": (
        '<circle cx="8" cy="8" r="2.2"/>'
        '<path d="M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4"/>'
    ),
    "severity-critical": (
        '<path d="M2 13.5V10.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path d="M6 13.5V7.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path d="M10 13.5V4.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path d="M14 13.5V1.5" stroke-width="2.5" stroke-linecap="butt"/>'
    ),
    "severity-high": (
        '<path d="M2 13.5V10.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path d="M6 13.5V7.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path d="M10 13.5V4.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path opacity=".3" d="M14 13.5V1.5" stroke-width="2.5" stroke-linecap="butt"/>'
    ),
    "severity-info": (
        '<path opacity=".3" d="M2 13.5V10.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path opacity=".3" d="M6 13.5V7.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path opacity=".3" d="M10 13.5V4.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path opacity=".3" d="M14 13.5V1.5" stroke-width="2.5" stroke-linecap="butt"/>'
    ),
    "severity-low": (
        '<path d="M2 13.5V10.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path opacity=".3" d="M6 13.5V7.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path opacity=".3" d="M10 13.5V4.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path opacity=".3" d="M14 13.5V1.5" stroke-width="2.5" stroke-linecap="butt"/>'
    ),
    "severity-medium": (
        '<path d="M2 13.5V10.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path d="M6 13.5V7.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path opacity=".3" d="M10 13.5V4.5" stroke-width="2.5" stroke-linecap="butt"/>'
        '<path opacity=".3" d="M14 13.5V1.5" stroke-width="2.5" stroke-linecap="butt"/>'
    ),
    "sign-out": '<path d="M6.5 2.5h-4v11h4M6 8h8M11 5l3 3-3 3"/>',
    "sort": '<path d="m5 6 3-3 3 3M5 10l3 3 3-3"/>',
    "stale": '<circle cx="8" cy="8" r="6.2"/><path d="M8 4.5V8l2.4 1.6"/>',
    "theme": '<circle cx="8" cy="8" r="6"/><path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor"/>',
    "training": '<path d="M1 6l7-3 7 3-7 3zM4 7.5V11c2 1.6 6 1.6 8 0V7.5"/>',
    "trash": '<path d="M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9"/>',
    "trust": '<path d="M8 1.5 2.5 3.5V8c0 3.2 2.3 5.6 5.5 6.5 3.2-.9 5.5-3.3 5.5-6.5V3.5z"/>',
    "unobserved": '<circle cx="8" cy="8" r="6.2" stroke-dasharray="2.4 2.47"/>',
    "up": '<path d="m4.5 9.5 3.5-3.5 3.5 3.5"/>',
    "upload": '<path d="M8 10.5v-8M4.5 6 8 2.5 11.5 6M2.5 14h11"/>',
    "vendor": '<path d="M2 14V6l5-3v11M7 6.5h7V14M1 14h14M4.5 8h.01M4.5 11h.01M9.5 9.5h2M9.5 11.5h2"/>',
    "waived": '<rect x="2" y="2" width="12" height="12" rx="2"/><path d="M6.3 5.5v5M9.7 5.5v5"/>',
}
"""Inner SVG of each icon, by name. Trusted constants: nothing from outside ever gets in here."""

PATTERNS = (
    "<defs>"
    '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="hatch-line" d="M1 0v5"/></pattern>'
    '<pattern id="stripes" width="4" height="4" patternUnits="userSpaceOnUse"><path class="stripe-line" d="M1 0v4"/></pattern>'
    "</defs>"
)
"""Hatch of *not observed* and stripes of *waived*: textures carry the state where colour cannot."""


@lru_cache(maxsize=1024)
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """One icon by name. Without ``label`` it is decoration (hidden from assistive technology), with it an image of that name.

    Raises ``ValueError`` for a name that is not in the set.
    """
    if name not in ICONS:
        raise ValueError(f"Unknown icon {name!r}; use one of {', '.join(ICONS)}.")
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="{}" {}><use href="#i-{}"/></svg>', f"icon {css}".strip(), spoken, name)


@cache
def sprite() -> SafeString:
    """The hidden sprite with every icon and both patterns; once per page, before anything that refers to it."""
    symbols = "".join(f'<symbol id="i-{escape(name)}" viewBox="0 0 16 16">{body}</symbol>' for name, body in ICONS.items())
    return mark_safe(f'<svg class="sprite" aria-hidden="true">{PATTERNS}{symbols}</svg>')
