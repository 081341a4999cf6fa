"""Trail entries in words."""

from compliance.trail.models import Entry


def sentence(entry: Entry) -> str:
    """“Member role changed: Tom Okafor”, from the action's name and what it was done to."""
    words = str(entry.name).replace(".", " ").replace("_", " ").capitalize()
    return f"{words}: {entry.subject_name}" if entry.subject_name else words


def changes(entry: Entry) -> list[tuple[str, object, object]]:
    """What changed: field, before, after; from entries whose detail tells both."""
    before, after = entry.detail.get("before"), entry.detail.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return [(str(key).replace("_", " "), _shown(before.get(key)), _shown(after.get(key))) for key in sorted({*before, *after})]


def rest(entry: Entry) -> list[tuple[str, object]]:
    """The rest of the detail."""
    return [(str(key).replace("_", " "), _shown(value)) for key, value in entry.detail.items() if key not in ("before", "after")]


def _shown(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value
