"""Turns Jira's answers about people and groups into facts."""

from collections.abc import Iterable

from evidence.facts.tracker_group.v1 import TrackerGroup
from evidence.facts.tracker_user.v1 import TrackerUser
from integrations.vendors.jira.collectors.values import Row, flag, needed, text, word

KINDS = {"atlassian": "person", "app": "app", "customer": "customer"}


def tracker_user(row: Row, groups: Iterable[str] | None, administrator: bool | None) -> TrackerUser:
    """Of a row of users/search. An address that its owner hides does not come: unknown, not empty."""
    sort = word(row, "accountType")
    return TrackerUser(
        subject=str(needed(row, "accountId")),
        name=text(row, "displayName") or str(row["accountId"]),
        email=text(row, "emailAddress") or None,
        kind=KINDS.get(sort, sort),
        enabled=flag(row, "active"),
        administrator=administrator,
        groups=tuple(sorted(set(groups))) if groups is not None else None,
    )


def tracker_group(row: Row, members: Iterable[Row] | None, patterns: Iterable[str]) -> TrackerGroup:
    """Of a row of group/bulk with the rows of group/member. `patterns`: names of groups of site administrators."""
    name = str(needed(row, "name"))
    return TrackerGroup(
        subject=str(needed(row, "groupId")),
        name=name,
        members=tuple(sorted({str(needed(each, "accountId")) for each in members})) if members is not None else None,
        administers=administers(name, patterns),
    )


def administers(name: str, patterns: Iterable[str]) -> bool:
    """Whether the name of a group is one of the patterns; `*` at the end stands for any rest, case does not matter."""
    held = name.lower()
    return any(held.startswith(each[:-1].lower()) if each.endswith("*") else held == each.lower() for each in patterns)
