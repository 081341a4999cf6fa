"""How each operation is asked cheaply, to see whether it is permitted. What needs a ticket, group or project is asked of a real one."""

from integrations.errors import PermissionMissing
from integrations.transport.contract import Probe
from integrations.vendors.jira.collectors.values import flag, word
from integrations.vendors.jira.permissions import missing
from integrations.vendors.jira.readers.people import GROUPS, MEMBERS, USERS
from integrations.vendors.jira.readers.projects import PROJECTS, ROLE, ROLES, SCHEME, projects, wanted_keys
from integrations.vendors.jira.readers.tickets import CHANGELOG, COUNT, PAGES, SEARCH
from integrations.vendors.jira.reading import Reading, Row, rows_of

QUESTION = "created >= -520w"


def probe_operation(reading: Reading, operation: str) -> Probe:
    """Whether the operation may be made now. Raises the faults that say neither yes nor no."""
    try:
        detail = _asked(reading, operation)
    except PermissionMissing as fault:
        return Probe(operation=operation, outcome="missing", detail=f"{missing(operation)}; Jira said: {fault.detail}")
    return Probe(operation=operation, outcome="ok", detail=detail)


def _asked(reading: Reading, operation: str) -> str:
    one = reading.client.one
    match operation:
        case _ if operation == PROJECTS:
            return _projects(reading)
        case _ if operation == SEARCH:
            one(operation=SEARCH, body={"jql": QUESTION, "maxResults": 1, "fields": ["summary"]})
        case _ if operation == COUNT:
            one(operation=COUNT, body={"jql": QUESTION})
        case _ if operation in (CHANGELOG, PAGES):
            ident = reading.memo("a ticket", lambda: _a_ticket(reading))
            if ident is None:
                return "there is no ticket yet to ask about"
            one(operation=operation, path={"issueIdOrKey": ident})
        case _ if operation in (USERS, GROUPS):
            one(operation=operation, query={"maxResults": 1})
        case _ if operation == MEMBERS:
            found = rows_of(one(operation=GROUPS, query={"maxResults": 1}), "values")
            if not found:
                return "there is no group yet to ask about"
            one(operation=MEMBERS, query={"groupId": word(found[0], "groupId"), "maxResults": 1})
        case _ if operation in (SCHEME, ROLES, ROLE):
            return _of_projects(reading, operation)
        case _:
            one(operation=operation)
    return ""


def _projects(reading: Reading) -> str:
    seen = {word(row, "key") for row, _page in projects(reading).rows}
    if not seen:
        raise PermissionMissing("the account may browse no project", operation=PROJECTS)
    hidden = sorted(set(wanted_keys(reading)) - seen)
    if hidden:
        raise PermissionMissing(f"the account may not browse {', '.join(hidden)}, or there is no such project", operation=PROJECTS)
    return f"{len(seen)} projects"


def _of_projects(reading: Reading, operation: str) -> str:
    classic = [row for row, _page in projects(reading).rows if flag(row, "simplified") is False]
    if not classic:
        return "there is no company-managed project to ask about"
    for row in classic:
        _one_project(reading, row, operation)
    return f"asked of {len(classic)} company-managed projects"


def _one_project(reading: Reading, row: Row, operation: str) -> None:
    path = {"projectIdOrKey": word(row, "id")}
    if operation == ROLE:  # shown to those who see the list of roles
        operation = ROLES
    reading.client.one(operation=operation, path=path)


def _a_ticket(reading: Reading) -> str | None:
    found = rows_of(reading.client.one(operation=SEARCH, body={"jql": QUESTION, "maxResults": 1, "fields": ["summary"]}), "issues")
    return word(found[0], "id") or None if found else None
