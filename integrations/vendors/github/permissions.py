"""Which right each operation needs, in the words of GitHub's settings pages; the app's manifest follows from it.

Source: https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """`permission`: the key in a manifest (all are asked for with `read`), `label`: as the settings page says, `scope`: what a classic
    token needs instead."""

    permission: str
    label: str
    scope: str


METADATA = Right(permission="metadata", label="Repository permissions > Metadata: Read-only", scope="repo")
MEMBERS = Right(permission="members", label="Organization permissions > Members: Read-only", scope="read:org")
ORGANIZATION = Right(
    permission="organization_administration", label="Organization permissions > Administration: Read-only", scope="admin:org"
)
PLAN = Right(permission="organization_plan", label="Organization permissions > Plan: Read-only", scope="read:org")
TOKENS = Right(
    permission="organization_personal_access_tokens",
    label="Organization permissions > Personal access tokens: Read-only",
    scope="(GitHub Apps only)",
)
ADMINISTRATION = Right(permission="administration", label="Repository permissions > Administration: Read-only", scope="repo")
PULLS = Right(permission="pull_requests", label="Repository permissions > Pull requests: Read-only", scope="repo")
CONTENTS = Right(permission="contents", label="Repository permissions > Contents: Read-only", scope="repo")
CHECKS = Right(permission="checks", label="Repository permissions > Checks: Read-only", scope="repo")
DEPENDABOT = Right(
    permission="vulnerability_alerts", label="Repository permissions > Dependabot alerts: Read-only", scope="security_events"
)
CODE_SCANNING = Right(
    permission="security_events", label="Repository permissions > Code scanning alerts: Read-only", scope="security_events"
)
SECRET_SCANNING = Right(
    permission="secret_scanning_alerts", label="Repository permissions > Secret scanning alerts: Read-only", scope="security_events"
)

RIGHTS: dict[str, Right] = {
    "GET /orgs/{org}": ORGANIZATION,
    "GET /orgs/{org} plan": PLAN,
    "GET /orgs/{org}/members": MEMBERS,
    "GET /orgs/{org}/outside_collaborators": MEMBERS,
    "POST /graphql organization.membersWithRole": MEMBERS,
    "POST /graphql organization.samlIdentityProvider": ORGANIZATION,
    "GET /orgs/{org}/actions/permissions": ORGANIZATION,
    "GET /orgs/{org}/actions/permissions/workflow": ORGANIZATION,
    "GET /orgs/{org}/personal-access-tokens": TOKENS,
    "GET /orgs/{org}/audit-log": ORGANIZATION,
    "GET /orgs/{org}/repos": METADATA,
    "GET /orgs/{org}/repos security_and_analysis": ADMINISTRATION,
    "GET /repos/{owner}/{repo}/keys": ADMINISTRATION,
    "GET /repos/{owner}/{repo}/branches/{branch}/protection": ADMINISTRATION,
    "GET /repos/{owner}/{repo}/rules/branches/{branch}": METADATA,
    "GET /repos/{owner}/{repo}/rulesets/{ruleset_id}": METADATA,
    "POST /graphql search(is:pr is:merged)": PULLS,
    "POST /graphql pullRequest.statusCheckRollup": CHECKS,
    "POST /graphql repository.defaultBranchRef.history": CONTENTS,
    "POST /graphql commit.associatedPullRequests": PULLS,
    "GET /orgs/{org}/dependabot/alerts": DEPENDABOT,
    "GET /orgs/{org}/code-scanning/alerts": CODE_SCANNING,
    "GET /orgs/{org}/secret-scanning/alerts": SECRET_SCANNING,
}


def missing(operation: str) -> str:
    """What to grant so that the operation may be made."""
    right = RIGHTS[operation]
    return f"grant {right.label} (a classic token needs {right.scope} of an owner)"


def manifest_permissions() -> dict[str, str]:
    """All rights of the least-privilege app, each read-only."""
    return dict.fromkeys(sorted({right.permission for right in RIGHTS.values()}), "read")
