"""Turns Okta's answers about apps into facts."""

from dataclasses import dataclass

from evidence.facts.identity_app.v1 import IdentityApp
from integrations.vendors.okta.collectors.values import Row, identifier, inner, instant, last_part, lower, word, words


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who is assigned to an app: how many, how many of them one by one, and which groups; None where it was not read."""

    people: int | None = None
    directly: int | None = None
    groups: tuple[str, ...] | None = None


def identity_app(row: Row, assigned: Assigned) -> IdentityApp:
    """Of a row of `GET /api/v1/apps`."""
    links = row.get("_links")
    policy = last_part(word(inner(inner(row, "_links"), "accessPolicy"), "href")) if isinstance(links, dict) else None
    return IdentityApp(
        subject=identifier(row),
        name=word(row, "label"),
        key=word(row, "name"),
        sign_on_mode=lower(row, "signOnMode"),
        status=lower(row, "status"),
        created=instant(row, "created"),
        features=words(row, "features"),
        access_policy=policy,
        assigned=assigned.people,
        assigned_directly=assigned.directly,
        groups=assigned.groups,
    )
