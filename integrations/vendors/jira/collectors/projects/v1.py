"""Turns Jira's answers about projects and who may browse them into facts."""

from collections.abc import Iterable, Mapping

from evidence.facts.tracker_project.v1 import TrackerProject, Viewer
from integrations.vendors.jira.collectors.values import Row, flag, inner, needed, project_subject, rows, text, word

BROWSE = "BROWSE_PROJECTS"
KINDS: Mapping[str, str] = {"anyone": "public", "applicationRole": "logged_in", "group": "group", "projectRole": "role", "user": "user"}


def tracker_project(row: Row, viewers: Iterable[Viewer] | None) -> TrackerProject:
    """Of a row of project/search. `viewers` None: not read."""
    simplified = flag(row, "simplified")
    return TrackerProject(
        subject=project_subject(str(needed(row, "id"))),
        name=f"{needed(row, 'key')} {word(row, 'name')}".strip(),
        key=str(row["key"]),
        team_managed=simplified if simplified is not None else {"next-gen": True, "classic": False}.get(word(row, "style")),
        archived=row["archived"] if isinstance(row.get("archived"), bool) else False,
        lead=word(inner(row, "lead"), "accountId"),
        viewers=tuple(sorted(viewers, key=lambda each: (each.kind, each.name))) if viewers is not None else None,
    )


def of_scheme(scheme: Row, roles: Mapping[str, Row | None]) -> list[Viewer]:
    """Who holds the right to browse by a permission scheme. `roles` are the answers about roles by id; None: not read."""
    found = []
    for grant in rows(scheme, "permissions"):
        if grant.get("permission") == BROWSE:
            held = inner(grant, "holder")
            sort = str(needed(held, "type"))
            if sort == "projectRole":
                found.append(of_role(roles.get(_parameter(held)), _parameter(held)))
            elif sort == "group":
                found.append(Viewer(kind="group", name=text(held, "parameter") or word(held, "value")))
            else:
                found.append(Viewer(kind=KINDS.get(sort, sort), name=_parameter(held) if sort == "user" else ""))
    return found


def of_role(role: Row | None, ident: str) -> Viewer:
    """A role with those who fill it; unknown where it was not read."""
    if role is None:
        return Viewer(kind="role", name=ident, groups=None, users=None)
    actors = rows(role, "actors")
    groups = {word(inner(each, "actorGroup"), "name") or word(each, "displayName") for each in actors if each.get("actorGroup")}
    users = {word(inner(each, "actorUser"), "accountId") for each in actors if each.get("actorUser")}
    return Viewer(kind="role", name=word(role, "name") or ident, groups=tuple(sorted(groups)), users=tuple(sorted(users - {""})))


def everybody() -> list[Viewer]:
    """Of a team-managed project that is open to the site."""
    return [Viewer(kind="logged_in")]


def role_ids(scheme: Row) -> list[str]:
    """The roles that a scheme lets browse."""
    browse = [inner(each, "holder") for each in rows(scheme, "permissions") if each.get("permission") == BROWSE]
    return sorted({_parameter(each) for each in browse if each.get("type") == "projectRole"})


def _parameter(holder: Row) -> str:
    return str(holder.get("value") or holder.get("parameter") or "")
