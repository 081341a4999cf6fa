"""What is taken out of Jira's answers before anything is hashed, kept or parsed: words that people wrote, and what concerns people only.

The search names the fields it wants, so descriptions and comments never come; should Jira send them all the same, they are dropped.
A changelog cannot be asked for by field: of changes of other fields than the named ones, only the field's name is kept.
"""

import json
from types import MappingProxyType
from typing import Any

from compliance.seal.canonical import JsonError, parse_json
from integrations.transport.redaction import Redacted, Redaction, Table, Unreadable, drop, only, redact

PERSON = ("accountId", "accountType", "displayName", "active")
CHANGES = frozenset(
    {
        "status", "assignee", "reporter", "priority", "resolution", "labels", "issuetype", "security", "duedate", "link", "remoteissuelink",
        "remoteworkitemlink", "key", "project",
    }
)  # fmt: skip
VALUES = ("from", "fromString", "to", "toString")
SEARCH = "POST /rest/api/3/search/jql"
CHANGELOG = "GET /rest/api/3/issue/{issueIdOrKey}/changelog"
WORDS = ("description", "environment", "comment", "worklog", "attachment")


def _person(path: str, *more: str) -> Redaction:
    return only(path, *PERSON, *more)


REDACTIONS: Table = MappingProxyType(
    {
        "GET /rest/api/3/myself": _person("", "emailAddress", "timeZone"),
        "GET /rest/api/3/users/search": _person("[]", "emailAddress"),
        "GET /rest/api/3/group/member": _person("values[]", "emailAddress"),
        SEARCH: drop(*(f"issues[].fields.{each}" for each in WORDS), "issues[].renderedFields", "issues[].properties")
        + _person("issues[].fields.reporter")
        + _person("issues[].fields.assignee")
        + drop("issues[].fields.issuelinks[].inwardIssue.fields", "issues[].fields.issuelinks[].outwardIssue.fields")
        + _person("issues[].changelog.histories[].author")
        + drop("issues[].changelog.histories[].historyMetadata"),
        CHANGELOG: _person("values[].author") + drop("values[].historyMetadata"),
        "GET /rest/api/3/issue/{issueIdOrKey}/remotelink": only("[]", "id", "self", "globalId", "relationship", "object")
        + only("[].object", "url", "title"),
        "GET /rest/api/3/project/search": _person("values[].lead") + drop("values[].description", "values[].avatarUrls", "values[].email"),
        "GET /rest/api/3/project/{projectIdOrKey}/permissionscheme": drop("description"),
        "GET /rest/api/3/project/{projectIdOrKey}/role/{id}": drop("description"),
    }
)


def redacted(operation: str, body: bytes, fields: frozenset[str], *, strict: bool = True) -> Redacted:
    """`body` without what is never kept. `fields` are names of custom fields (small letters) whose changes are kept besides CHANGES.
    Raises Unreadable when that cannot be told with certainty."""
    kept = redact(body, REDACTIONS.get(operation), strict=strict)
    if operation not in (SEARCH, CHANGELOG) or not strict or not kept.body.strip():
        return kept
    try:
        value = parse_json(kept.body)
    except JsonError as error:
        raise Unreadable(f"it is no JSON that can be read: {error}") from error
    if not _withheld(value, CHANGES | fields):
        return kept
    said = "changes of fields that are not read: values dropped"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Redacted(text.encode("utf-8", "surrogatepass"), tuple(sorted({*kept.removed, said})))


def _withheld(value: Any, allowed: frozenset[str]) -> int:
    """Empty the values of changes of all other fields; how many there were. Raises Unreadable for an answer of another form."""
    count = 0
    for entry in _entries(value):
        items = entry.get("items") or []
        if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
            raise Unreadable("changes do not stand where the vendor documents them")
        for item in items:
            if str(item.get("field", "")).lower() in allowed:
                continue
            count += sum(item.pop(name, None) is not None for name in VALUES)
    return count


def _entries(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        raise Unreadable("a list stands where the vendor documents an object")
    logs = [value.get("values")] if "values" in value else [_log(each) for each in value.get("issues") or ()]
    found = [entry for log in logs for entry in (log or ())]
    if not all(isinstance(entry, dict) for entry in found):
        raise Unreadable("a changelog does not stand where the vendor documents it")
    return found


def _log(issue: Any) -> Any:
    log = issue.get("changelog") if isinstance(issue, dict) else None
    if log is None:
        return []
    if not isinstance(log, dict) or not isinstance(log.get("histories", []), list):
        raise Unreadable("a changelog does not stand where the vendor documents it")
    return log.get("histories", [])
