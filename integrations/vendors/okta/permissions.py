"""Which OAuth scope each operation needs; what to grant follows from it.

Source: the `security` of each operation in okta/okta-management-openapi-spec 2026.06.3, and
https://developer.okta.com/docs/api/oauth2/.
"""

USERS = "okta.users.read"
GROUPS = "okta.groups.read"
ROLES = "okta.roles.read"
APPS = "okta.apps.read"
POLICIES = "okta.policies.read"
LOGS = "okta.logs.read"
AUTHENTICATORS = "okta.authenticators.read"
TOKENS = "okta.apiTokens.read"
ZONES = "okta.networkZones.read"
DEVICES = "okta.devices.read"
STREAMS = "okta.logStreams.read"
THREATS = "okta.threatInsights.read"
ORGANIZATION = "okta.orgs.read"

SCOPES: dict[str, str] = {
    "GET /api/v1/org": ORGANIZATION,
    "GET /api/v1/users": USERS,
    "GET /api/v1/users/{id}": USERS,
    "GET /api/v1/users/{userId}/factors": USERS,
    "GET /api/v1/iam/assignees/users": ROLES,
    "GET /api/v1/users/{userId}/roles": ROLES,
    "GET /api/v1/groups": GROUPS,
    "GET /api/v1/groups/{groupId}/users": GROUPS,
    "GET /api/v1/apps": APPS,
    "GET /api/v1/apps/{appId}/users": APPS,
    "GET /api/v1/apps/{appId}/groups": APPS,
    "GET /api/v1/policies": POLICIES,
    "GET /api/v1/policies/{policyId}/rules": POLICIES,
    "GET /api/v1/authenticators": AUTHENTICATORS,
    "GET /api/v1/api-tokens": TOKENS,
    "GET /api/v1/zones": ZONES,
    "GET /api/v1/devices": DEVICES,
    "GET /api/v1/logStreams": STREAMS,
    "GET /api/v1/threats/configuration": THREATS,
    "GET /api/v1/logs": LOGS,
}
ROLE = "Read-only Administrator"


def missing(operation: str) -> str:
    """What to grant so that the operation may be made."""
    scope = SCOPES.get(operation, "")
    return (
        f"grant the scope {scope} to the app (Okta API Scopes) and the role {ROLE} (Admin roles); an API token needs that role of its owner"
    )


def all_scopes() -> tuple[str, ...]:
    """Everything that the least-privilege app is granted, in order."""
    return tuple(sorted(set(SCOPES.values())))
