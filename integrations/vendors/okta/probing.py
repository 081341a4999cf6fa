"""How each operation is asked cheaply, to see whether it is permitted."""

from collections.abc import Mapping
from datetime import timedelta

from evidence.facts import instants
from integrations.errors import PermissionMissing
from integrations.transport.contract import Probe
from integrations.vendors.okta.client import OktaPage
from integrations.vendors.okta.collectors.values import identifier
from integrations.vendors.okta.permissions import SCOPES, missing
from integrations.vendors.okta.reading import Reading, rows_of

QUERIES: Mapping[str, Mapping[str, object]] = {
    "GET /api/v1/users": {"limit": 1},
    "GET /api/v1/iam/assignees/users": {"limit": 1},
    "GET /api/v1/groups": {"limit": 1},
    "GET /api/v1/groups/{groupId}/users": {"limit": 1},
    "GET /api/v1/apps": {"limit": 1},
    "GET /api/v1/apps/{appId}/users": {"limit": 1},
    "GET /api/v1/apps/{appId}/groups": {"limit": 20},
    "GET /api/v1/policies": {"type": "PASSWORD"},
    "GET /api/v1/policies/{policyId}/rules": {"limit": 1},
    "GET /api/v1/zones": {"limit": 1},
    "GET /api/v1/devices": {"limit": 1},
    "GET /api/v1/logStreams": {"limit": 1},
}
# What stands in braces comes from the first row of another list.
PARENTS: Mapping[str, str] = {
    "userId": "GET /api/v1/users",
    "groupId": "GET /api/v1/groups",
    "appId": "GET /api/v1/apps",
    "policyId": "GET /api/v1/policies",
}


def probe_operation(reading: Reading, operation: str) -> Probe:
    """Whether the operation may be made now, naming the scope that is missing. Raises the faults that say neither yes nor no."""
    try:
        detail = _asked(reading, operation)
    except PermissionMissing as fault:
        scope = SCOPES.get(fault.operation, SCOPES[operation])
        return Probe(operation=operation, outcome="missing", detail=f"{scope}: {missing(operation)}; Okta said: {fault.detail}")
    return Probe(operation=operation, outcome="ok", detail=detail)


def _asked(reading: Reading, operation: str) -> str:
    name = operation.partition("{")[2].partition("}")[0]
    path: dict[str, object] = {}
    if name:
        found = _first(reading, PARENTS[name])
        if found is None:
            return "there is nothing yet to ask about"
        path[name] = found
    _page(reading, operation, path)
    return ""


def _first(reading: Reading, parent: str) -> str | None:
    rows = rows_of(reading.memo(("probe", parent), lambda: _page(reading, parent, {})))
    return identifier(rows[0]) if rows else None


def _page(reading: Reading, operation: str, path: Mapping[str, object]) -> OktaPage:
    query = dict(QUERIES.get(operation, {}))
    if operation == "GET /api/v1/logs":
        since = reading.context.now() - timedelta(minutes=5)
        query = {"limit": 1, "since": instants.to_text(since), "until": instants.to_text(reading.context.now())}
    return reading.client.one(operation=operation, path=path, query=query, absent=bool(path))
