"""How each operation is asked cheaply, to see whether it is permitted.

GitHub answers 404 both for what is absent and for what is hidden, so an operation that needs a repository is asked of a real one.
"""

from collections.abc import Mapping

from integrations.errors import PermissionMissing, SchemaDrift
from integrations.transport.contract import Probe
from integrations.vendors.github.collectors.values import flag, inner, text, word
from integrations.vendors.github.permissions import missing
from integrations.vendors.github.readers.organization import AUDIT, ORGANIZATION, PLAN, organization_page, plan
from integrations.vendors.github.reading import Reading, Row, rows_of

SECURITY = "GET /orgs/{org}/repos security_and_analysis"
LIST = "GET /orgs/{org}/repos"
QUERIES: Mapping[str, Mapping[str, object]] = {
    "GET /orgs/{org}/members": {"filter": "2fa_disabled"},
    "GET /orgs/{org}/secret-scanning/alerts": {"state": "open", "hide_secret": "true"},
    "GET /orgs/{org}/audit-log": {"phrase": "action:protected_branch"},
}
DOCUMENTS: Mapping[str, str] = {
    "POST /graphql organization.membersWithRole": (
        "query ($org: String!) { organization(login: $org) { membersWithRole(first: 1) { totalCount edges { hasTwoFactorEnabled } } } }"
    ),
    "POST /graphql organization.samlIdentityProvider": (
        "query ($org: String!) { organization(login: $org) { samlIdentityProvider { id } } }"
    ),
    "POST /graphql search(is:pr is:merged)": (
        "query ($org: String!) { organization(login: $org) { repositories(first: 5) { nodes { pullRequests(first: 1) { totalCount } } } } }"
    ),
    "POST /graphql commit.associatedPullRequests": (
        "query ($org: String!) { organization(login: $org) { repositories(first: 5) { nodes { pullRequests(first: 1) { totalCount } } } } }"
    ),
    "POST /graphql repository.defaultBranchRef.history": (
        "query ($org: String!) { organization(login: $org) { repositories(first: 5) { nodes { defaultBranchRef { target { oid } } } } } }"
    ),
    "POST /graphql pullRequest.statusCheckRollup": (
        "query ($org: String!) { organization(login: $org) { repositories(first: 5) { nodes { pullRequests(last: 1) { nodes "
        "{ statusCheckRollup { state } } } } } } }"
    ),
}


def probe_operation(reading: Reading, operation: str) -> Probe:
    """Whether the operation may be made now. Raises the faults that say neither yes nor no."""
    try:
        detail = _asked(reading, operation)
    except PermissionMissing as fault:
        if operation == AUDIT and plan(reading) not in (None, "enterprise"):
            return Probe(operation=operation, outcome="not_licensed", detail="the audit log comes with GitHub Enterprise Cloud")
        return Probe(operation=operation, outcome="missing", detail=f"{missing(operation)}; GitHub said: {fault.detail}")
    except SchemaDrift as fault:  # 422: the filter on the second factor is for owners
        return Probe(operation=operation, outcome="missing", detail=f"{missing(operation)}; GitHub said: {fault.detail}")
    return Probe(operation=operation, outcome="ok", detail=detail)


def _asked(reading: Reading, operation: str) -> str:
    org = {"org": reading.organization}
    if operation == ORGANIZATION:
        if flag(organization_page(reading).data, "two_factor_requirement_enabled") is None:
            raise PermissionMissing("the organization's settings are not shown to this credential", operation=operation)
        return ""
    if operation == PLAN:
        if plan(reading) is None:
            raise PermissionMissing("the organization's plan is not shown to this credential", operation=operation)
        return ""
    if operation == SECURITY:
        home = reading.memo("a repository", lambda: _a_repository(reading))
        if home is not None and "security_and_analysis" not in home:
            raise PermissionMissing("security settings of repositories are not shown to this credential", operation=operation)
        return ""
    if operation.startswith("POST /graphql"):
        return _graph(reading, operation)
    if "{repo}" in operation or "{ruleset_id}" in operation:
        return _of_repository(reading, operation)
    reading.client.one(operation=operation, path=org, query={"per_page": 1, **QUERIES.get(operation, {})})
    return ""


def _graph(reading: Reading, operation: str) -> str:
    page = reading.client.graph(operation=operation, document=DOCUMENTS[operation], variables={"org": reading.organization})
    edges = inner(inner(page.data["data"], "organization"), "membersWithRole").get("edges") or ()
    if any(isinstance(each, dict) and each.get("hasTwoFactorEnabled") is None for each in edges):
        raise PermissionMissing("members are shown, but not whether they have a second factor", operation=operation)
    return ""


def _of_repository(reading: Reading, operation: str) -> str:
    if "{ruleset_id}" in operation:
        return "asked for each ruleset; GitHub shows who may bypass one only to those who may edit it"
    home = reading.memo("a repository", lambda: _a_repository(reading))
    if home is None:
        return "there is no repository yet to ask about"
    path = {"owner": reading.organization, "repo": word(home, "name"), "branch": text(home, "default_branch") or "main"}
    used = {name: value for name, value in path.items() if "{" + name + "}" in operation}
    reading.client.one(operation=operation, path=used, absent=("branch not protected", "branch not found"))
    return ""


def _a_repository(reading: Reading) -> Row | None:
    page = reading.client.one(operation=LIST, path={"org": reading.organization}, query={"per_page": 5, "sort": "pushed"})
    return next((row for row in rows_of(page) if not row.get("archived")), None)
