"""Tickets of confidential projects can be seen by few (C1.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.listings import several
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.tracker_project.v1 import TrackerProject, Viewer

FACT = TrackerProject
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {
    "projects": [],
    "open_groups": ["jira-users", "jira-software-users", "jira-servicemanagement-users", "jira-work-management-users", "confluence-users"],
}
OPEN = {"public": "anybody on the internet", "logged_in": "every user of the site"}


def judge(fact: TrackerProject, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one project by whom the right to see its tickets is given to."""
    confidential = {str(each).upper() for each in parameters["projects"]}  # type: ignore[attr-defined]
    if not confidential:
        return no_data("no project is named as confidential yet")
    if fact.key.upper() not in confidential:
        return not_applicable("is not named as confidential")
    if fact.viewers is None:
        return no_data("who may see the project was not observed")
    groups = {str(each).lower() for each in parameters["open_groups"]}  # type: ignore[attr-defined]
    wide = [words for each in fact.viewers if (words := _wide(each, groups))]
    if wide:
        return failed(f"can be seen by {several(wide)}")
    unread = [each.name for each in fact.viewers if each.groups is None or each.users is None]
    if unread:
        return no_data(f"who fills the role {several(unread)} was not observed")
    if not fact.viewers:
        return passed("can be seen by administrators only")
    return passed(f"can be seen by {several(_named(each) for each in fact.viewers)} only")


def _wide(viewer: Viewer, groups: set[str]) -> str:
    """In words, who of too many may see it; empty when they are few."""
    if viewer.kind in OPEN:
        return OPEN[viewer.kind]
    held = [viewer.name] if viewer.kind == "group" else list(viewer.groups or ())
    found = sorted(each for each in held if each.lower() in groups)
    return f"the group {', '.join(found)}" if found else ""


def _named(viewer: Viewer) -> str:
    return f"one {viewer.kind}" if viewer.kind == "user" else f"the {viewer.kind} {viewer.name}".strip()
