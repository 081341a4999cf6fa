"""How Jira writes what the state holds. Times come in the zone of whoever asks, as `2026-03-01T12:00:00.000+0100`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from integrations.sandbox.jira.call import Call
from integrations.sandbox.jira.state import CATEGORIES, Group, History, Issue, Project, Role, User

PRIORITIES = {"Highest": "1", "High": "2", "Medium": "3", "Low": "4", "Lowest": "5"}
FIELDS = (
    "summary", "status", "issuetype", "project", "priority", "labels", "components", "created", "updated", "duedate", "resolutiondate",
    "resolution", "reporter", "assignee", "security", "issuelinks", "description", "comment", "statuscategorychangedate",
)  # fmt: skip


def stamp(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """Jira's form of an instant."""
    if instant is None:
        return None
    local = instant.astimezone(zone)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{local:%z}"


def user(call: Call, who: User | None, *, zone: bool = False) -> dict[str, Any] | None:
    """Somebody, in short. The address is missing where its owner hides it from the caller."""
    if who is None:
        return None
    data: dict[str, Any] = {
        "self": f"{call.base}/rest/api/3/user?accountId={quote(who.id)}", "accountId": who.id, "accountType": who.account_type,
        "avatarUrls": {"48x48": f"https://avatars.example/{who.id}.png"}, "displayName": who.name, "active": who.active,
    }  # fmt: skip
    if who.email and (who.email_shown or who.id == call.viewer.account):
        data["emailAddress"] = who.email
    return data | ({"timeZone": who.zone, "locale": "en_GB"} if zone else {})


def group(each: Group) -> dict[str, Any]:
    """A group."""
    return {"name": each.name, "groupId": each.id}


def status(call: Call, home: Project, name: str) -> dict[str, Any]:
    """A status with its category."""
    key = home.statuses[name]
    number, label = CATEGORIES[key]
    ident = call.state.status_id(home, name)
    category = {
        "self": f"{call.base}/rest/api/3/statuscategory/{number}",
        "id": number,
        "key": key,
        "colorName": "blue-gray",
        "name": label,
    }
    data = {"self": f"{call.base}/rest/api/3/status/{ident}", "description": "", "name": name, "id": ident, "statusCategory": category}
    return data if home.style == "classic" else data | {"scope": {"type": "PROJECT", "project": {"id": home.id}}}


def issue(call: Call, each: Issue, wanted: Iterable[str], *, changelog: bool) -> dict[str, Any]:
    """A ticket with the named fields and no other."""
    data: dict[str, Any] = {
        "expand": "operations,changelog",
        "id": str(each.id),
        "self": f"{call.base}/rest/api/3/issue/{each.id}",
        "key": each.key,
    }
    names = list(wanted)
    if names:
        data["fields"] = {name: _field(call, each, name) for name in names if _is_offered(call, each, name)}
    if changelog:
        shown = sorted(each.history, key=lambda entry: entry.at, reverse=True)[: call.state.inline_changelog]
        histories = [history(call, entry) for entry in shown]
        data["changelog"] = {"startAt": 0, "maxResults": len(histories), "total": len(each.history), "histories": histories}
    return data


def _is_offered(call: Call, each: Issue, name: str) -> bool:
    team_managed = call.state.projects[each.project].style != "classic"
    return name in FIELDS and not (team_managed and name == "security") or name in call.state.custom_fields


def _field(call: Call, each: Issue, name: str) -> Any:
    state, home = call.state, call.state.projects[each.project]
    match name:
        case "status":
            return status(call, home, each.status)
        case "issuetype":
            return {"id": str(20_000 + home.types.index(each.type)), "name": each.type, "subtask": False}
        case "project":
            return {"id": home.id, "key": home.key, "name": home.name, "projectTypeKey": "software", "simplified": home.style != "classic"}
        case "priority":
            return {"id": PRIORITIES.get(each.priority, "99"), "name": each.priority} if each.priority else None
        case "components":
            return [{"id": str(index), "name": component} for index, component in enumerate(each.components, 1)]
        case "created" | "updated":
            return stamp(getattr(each, name), call.zone)
        case "resolutiondate":
            return stamp(each.resolved, call.zone)
        case "resolution":
            return {"id": "10000", "name": "Done"} if each.resolved else None
        case "duedate":
            return each.due
        case "reporter" | "assignee":
            return user(call, state.users.get(getattr(each, name)))
        case "security":
            return {"id": "10100", "name": each.security} if each.security else None
        case "issuelinks":
            return [_link(call, *link) for link in each.links]
        case "description":
            return {
                "type": "doc",
                "version": 1,
                "content": [{"type": "paragraph", "content": [{"type": "text", "text": each.description}]}],
            }
        case "comment":
            return {"comments": [], "maxResults": 0, "total": 0, "startAt": 0}
        case _ if name in state.custom_fields:
            return _custom(call, each, name)
    return getattr(each, name, None)


def _custom(call: Call, each: Issue, name: str) -> Any:
    held, sort = each.custom.get(name), call.state.custom_fields[name][1]
    if held is None:
        return None
    if sort == "user":
        return user(call, call.state.users.get(held))
    if sort == "users":
        return [user(call, call.state.users.get(one)) for one in held]
    if sort == "approvals":  # of Jira Service Management
        return [
            {
                "id": str(index), "name": "Waiting for approval", "finalDecision": decision, "canAnswerApproval": False,
                "approvers": [{"approver": user(call, call.state.users.get(who)), "approverDecision": decision}],
                "createdDate": {"iso8601": stamp(each.created, call.zone), "epochMillis": int(each.created.timestamp() * 1000)},
                "completedDate": {"iso8601": stamp(at, call.zone), "epochMillis": int(at.timestamp() * 1000)},
            }
            for index, (who, decision, at) in enumerate(held, 1)
        ]  # fmt: skip
    return held


def _link(call: Call, sort: str, words: str, direction: str, key: str) -> dict[str, Any]:
    other = call.state.issue(key)
    home = call.state.projects[other.project]
    short = {"id": str(other.id), "key": key, "fields": {"summary": other.summary, "status": status(call, home, other.status)}}
    return {"id": str(other.id), "type": {"id": "10000", "name": sort, "inward": words, "outward": "documents"}, direction: short}


def history(call: Call, entry: History) -> dict[str, Any]:
    """One entry of a changelog; without an author where that account is gone."""
    names = ("field", "fieldId", "from", "fromString", "to", "toString")
    items = []
    for item in entry.items:
        row = dict(zip(names, item, strict=True)) | {"fieldtype": "custom" if item[1].startswith("customfield_") else "jira"}
        items.append({name: value for name, value in row.items() if name != "fieldId" or value})
    data: dict[str, Any] = {"id": str(entry.id), "created": stamp(entry.at, call.zone), "items": items}
    author = user(call, call.state.users.get(entry.author))
    return data | ({"author": author} if author else {})


def project(call: Call, each: Project) -> dict[str, Any]:
    """A project of the search."""
    data: dict[str, Any] = {
        "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight", "self": f"{call.base}/rest/api/3/project/{each.id}",
        "id": each.id, "key": each.key, "name": each.name, "projectTypeKey": "software", "simplified": each.style != "classic",
        "style": each.style, "isPrivate": each.private, "properties": {},
    }  # fmt: skip
    if each.archived:
        data["archived"] = True
    if "lead" in call.query.get("expand", "").split(","):
        data["lead"] = user(call, call.state.users.get(each.lead))
    return data


def role(call: Call, each: Role) -> dict[str, Any]:
    """A role with its actors."""
    actors: list[dict[str, Any]] = []
    for ident in each.groups:
        named = call.state.groups[ident]
        actors.append(
            {
                "id": 10_000 + len(actors),
                "displayName": named.name,
                "type": "atlassian-group-role-actor",
                "actorGroup": {"name": named.name, "displayName": named.name, "groupId": ident},
            }
        )
    for ident in each.users:
        actors.append(
            {
                "id": 10_000 + len(actors),
                "displayName": call.state.users[ident].name,
                "type": "atlassian-user-role-actor",
                "actorUser": {"accountId": ident},
            }
        )
    return {"name": each.name, "id": each.id, "description": "", "actors": actors}
