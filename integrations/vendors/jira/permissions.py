"""Which right each operation needs, in the words of Jira's settings and of an app's scopes.

Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/ (each operation's page), as generally known.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """`label`: the permission of the account, `scope`: what an app needs besides (all of them)."""

    label: str
    scope: str


WORK = Right(label="Browse Projects, in each project that is read", scope="read:jira-work")
SITE = Right(label="a product seat on the site", scope="read:jira-user")
USERS = Right(label="the global permission Browse users and groups", scope="read:jira-user")
MEMBERS = Right(label="the global permission Browse users and groups", scope="read:group:jira read:user:jira read:avatar:jira")
SCHEME = Right(label="Administer Projects in each company-managed project, or Administer Jira", scope="read:jira-work")

RIGHTS: dict[str, Right] = {
    "GET /rest/api/3/myself": SITE,
    "GET /rest/api/3/users/search": USERS,
    "GET /rest/api/3/group/bulk": USERS,
    "GET /rest/api/3/group/member": MEMBERS,
    "GET /rest/api/3/project/search": WORK,
    "GET /rest/api/3/project/{projectIdOrKey}/permissionscheme": SCHEME,
    "GET /rest/api/3/project/{projectIdOrKey}/role": SCHEME,
    "GET /rest/api/3/project/{projectIdOrKey}/role/{id}": SCHEME,
    "POST /rest/api/3/search/jql": WORK,
    "POST /rest/api/3/search/approximate-count": WORK,
    "GET /rest/api/3/issue/{issueIdOrKey}/changelog": WORK,
    "GET /rest/api/3/issue/{issueIdOrKey}/remotelink": WORK,
    "GET /rest/api/3/field": WORK,
    "GET /rest/api/3/status": WORK,
}


def missing(operation: str) -> str:
    """What to grant so that the operation may be made."""
    right = RIGHTS[operation]
    return f"give the account {right.label}; an app needs the scope {right.scope}"


def scopes() -> tuple[str, ...]:
    """All scopes of the app, read-only, with the one that lets a connection outlive an hour."""
    return (*sorted({scope for right in RIGHTS.values() for scope in right.scope.split()}), "offline_access")
