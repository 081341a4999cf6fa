"""Tickets: the search by JQL with tokens and without a total, the approximate count, changelogs and links to pages."""

import base64
import binascii
import hashlib
import json
from typing import Any

from integrations.sandbox.jira import jql
from integrations.sandbox.jira.access import Need
from integrations.sandbox.jira.answers import Answer, Refused
from integrations.sandbox.jira.call import MALFORMED, Call, route
from integrations.sandbox.jira.rendering import FIELDS, history, issue, status
from integrations.sandbox.jira.state import Issue

WORK = Need("read:jira-work", ("read:issue-details:jira",))
MOST, MOST_OF_IDS = 100, 5000
SEARCH_BODY = frozenset("jql nextPageToken maxResults fields expand properties fieldsByKeys failFast reconcileIssues".split())  # noqa: SIM905
GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at "
    "https://developer.atlassian.com/changelog/#CHANGE-2046"
)


@route("POST /rest/api/3/search")
def old_search(call: Call) -> Answer:
    """Removed by Atlassian."""
    raise Refused(410, GONE)


@route("GET /rest/api/3/search", parameters="jql startAt maxResults validateQuery fields expand properties fieldsByKeys")
def old_search_by_get(call: Call) -> Answer:
    """Removed by Atlassian."""
    raise Refused(410, GONE)


@route("POST /rest/api/3/search/jql", need=WORK)
def search(call: Call) -> Answer:
    """A page of tickets. Without `fields` only ids come; there is no total; the last page says isLast and has no token."""
    body = call.body
    text, names = body.get("jql"), body.get("fields", [])
    size, expand = body.get("maxResults", 50), body.get("expand", "")
    sound = isinstance(text, str) and isinstance(expand, str) and isinstance(names, list) and all(isinstance(each, str) for each in names)
    if body.keys() - SEARCH_BODY or not sound or not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= MOST_OF_IDS:
        raise Refused(400, MALFORMED)
    found = _found(call, text)
    wanted = _names(call, names)
    size = min(size, MOST_OF_IDS if set(wanted) <= {"id", "key"} and not expand else MOST)
    start = _start(body.get("nextPageToken"), text)
    part = found[start : start + size]
    changelog = "changelog" in expand.split(",")
    data: dict[str, Any] = {
        "issues": [issue(call, each, wanted, changelog=changelog) for each in part],
        "isLast": start + size >= len(found),
    }
    if not data["isLast"]:
        data["nextPageToken"] = _token(start + size, text)
    return Answer(data=data)


@route("POST /rest/api/3/search/approximate-count", need=WORK)
def count(call: Call) -> Answer:
    """How many tickets about fit."""
    if set(call.body) != {"jql"} or not isinstance(call.body["jql"], str):
        raise Refused(400, MALFORMED)
    return Answer(data={"count": len(_found(call, call.body["jql"]))})


def _found(call: Call, text: str) -> list[Issue]:
    query = jql.parse(text, call.state, call.zone.key)
    if not query.bounded:
        raise Refused(400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
    keys = {each.key for each in call.projects()}
    return query.sorted([each for each in call.state.issues.values() if each.project in keys])


def _names(call: Call, names: list[str]) -> list[str]:
    known = [*FIELDS, *call.state.custom_fields]
    if "*all" in names:
        return known
    return [each for each in names if each in known]  # Jira leaves out what it does not know


def _token(start: int, text: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([start, hashlib.sha256(text.encode()).hexdigest()[:12]]).encode()).decode()


def _start(token: Any, text: str) -> int:
    if token is None:
        return 0
    try:
        start, digest = json.loads(base64.urlsafe_b64decode(str(token)))
    except (ValueError, binascii.Error):
        start, digest = 0, ""
    if digest != hashlib.sha256(text.encode()).hexdigest()[:12]:
        raise Refused(400, "The nextPageToken is invalid or expired.")
    return int(start)


def _issue(call: Call) -> Issue:
    try:
        found = call.state.issue(call.arguments["issue"])
    except KeyError:
        found = None
    if found is None or found.project not in {each.key for each in call.projects()}:
        raise Refused(404, "Issue does not exist or you do not have permission to see it.")
    return found


@route("GET /rest/api/3/issue/{issue}/changelog", need=WORK, parameters="startAt maxResults")
def changelog(call: Call) -> Answer:
    """All entries, oldest first."""
    return call.paged(_issue(call).history, lambda entry: history(call, entry), 100)


@route("GET /rest/api/3/issue/{issue}/remotelink", need=WORK, parameters="globalId")
def remote_links(call: Call) -> Answer:
    """Links to pages."""
    rows = [
        {"id": number, "self": f"{call.url}/{number}", "relationship": "mentioned in", "object": {"url": url, "title": title}}
        for number, url, title in _issue(call).remote
    ]
    return Answer(data=rows)


@route("GET /rest/api/3/status", need=WORK)
def statuses(call: Call) -> Answer:
    """Every status of an active workflow."""
    rows = {call.state.status_id(home, name): status(call, home, name) for home in call.projects() for name in home.statuses}
    return Answer(data=[row for _id, row in sorted(rows.items())])


@route("GET /rest/api/3/field", need=WORK)
def fields(call: Call) -> Answer:
    """System and custom fields."""
    rows: list[dict[str, Any]] = [{"id": name, "key": name, "name": name.capitalize(), "custom": False} for name in FIELDS]
    sorts = {
        "user": ("user", "com.atlassian.jira.plugin.system.customfieldtypes:userpicker"),
        "users": ("array", "com.atlassian.jira.plugin.system.customfieldtypes:multiuserpicker"),
        "approvals": ("sd-approvals", "com.atlassian.servicedesk.approvals-plugin:sd-approvals"),
        "text": ("string", "com.atlassian.jira.plugin.system.customfieldtypes:textfield"),
    }
    for ident, (name, sort) in sorted(call.state.custom_fields.items()):
        kind, full = sorts[sort]
        rows.append(
            {
                "id": ident,
                "key": ident,
                "name": name,
                "custom": True,
                "schema": {"type": kind, "custom": full, "customId": int(ident.rpartition("_")[2])},
            }
        )
    return Answer(data=rows)
