"""Turns rows of Okta's system log into facts."""

from evidence.facts.identity_event.v1 import IdentityEvent
from integrations.vendors.okta.collectors.values import Row, identifier, inner, instant, lower, rows, word

USER = "User"


def identity_event(row: Row) -> IdentityEvent:
    """Of a row of `GET /api/v1/logs`. Where an event concerns a user and something else (a group, an app), the user is its target and the
    other its detail; the detail of a privilege is its name."""
    targets = rows(row, "target")
    people = [each for each in targets if word(each, "type") == USER]
    things = [each for each in targets if word(each, "type") != USER]
    target = people[0] if people else things[0] if things else {}
    other = things[0] if people and things else {}
    debug = inner(inner(row, "debugContext"), "debugData")
    actor = inner(row, "actor")
    return IdentityEvent(
        subject=identifier(row, "uuid"),
        name=word(row, "eventType"),
        event=word(row, "eventType"),
        at=instant(row, "published"),
        outcome=lower(inner(row, "outcome"), "result") or "",
        actor=word(actor, "id"),
        actor_name=word(actor, "alternateId") or word(actor, "displayName"),
        target=word(target, "id"),
        target_name=_name(target),
        detail=word(other, "id"),
        detail_name=word(other, "displayName") or word(debug, "privilegeGranted") or word(debug, "privilegeRevoked"),
    )


def _name(target: Row) -> str:
    return word(target, "alternateId") if word(target, "type") == USER else word(target, "displayName")
