"""From BambooHR's feed of changes to facts. Pure."""

from evidence.facts.person_change.v1 import PersonChange
from integrations.vendors.bamboohr.collectors.values import Row, instant, needed, text

ACTIONS = frozenset({"inserted", "updated", "deleted"})


def change(person: str, row: Row) -> PersonChange:
    """One entry of the feed. Raises KeyError for one without an instant."""
    at = instant(row, "lastChanged") or needed({}, "lastChanged")
    action = (text(row, "action") or "").lower()
    return PersonChange(
        subject=f"{person} {at}",
        name=f"{person} {action}".strip(),
        person=person,
        action=action if action in ACTIONS else None,
        at=at,
    )
