"""Repositories, their keys, environments and collaborators."""

from typing import Any

from integrations.sandbox.github.access import Viewer
from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.rendering.addresses import Addresses, node_id
from integrations.sandbox.github.rendering.people import organization_account, simple_user
from integrations.sandbox.github.state import DeployKey, Environment, Repository, State

SUFFIXES = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
    "hooks_url": "/hooks",
}
ROLES = ("pull", "triage", "push", "maintain", "admin")
ROLE_NAMES = {"pull": "read", "push": "write"}


def simple_repository(state: State, repository: Repository, to: Addresses) -> dict[str, Any]:
    """GitHub's simple-repository (inside alerts)."""
    full = f"{state.login}/{repository.name}"
    url = f"{to.api}/repos/{full}"
    return {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": full,
        "private": repository.private,
        "owner": organization_account(state, to),
        "html_url": f"{to.html}/{full}",
        "description": repository.description,
        "fork": repository.fork,
        "url": url,
        **{name: url + suffix for name, suffix in SUFFIXES.items()},
    }


def minimal_repository(state: State, repository: Repository, viewer: Viewer, to: Addresses) -> dict[str, Any]:
    """GitHub's minimal-repository (in lists). security_and_analysis is shown to administrators only."""
    full = f"{to.html}/{state.login}/{repository.name}"
    pushed = repository.commits[-1].at if repository.commits else None
    answer = simple_repository(state, repository, to) | {
        "git_url": f"git://{full.split('//')[1]}.git",
        "ssh_url": f"git@{full.split('//')[1].replace('/', ':', 1)}.git",
        "clone_url": f"{full}.git",
        "svn_url": full,
        "homepage": None,
        "mirror_url": None,
        "language": repository.language,
        "forks_count": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "size": 1024,
        "default_branch": repository.default_branch,
        "open_issues_count": 0,
        "is_template": False,
        "topics": list(repository.topics),
        "has_issues": True,
        "has_projects": True,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": True,
        "has_discussions": False,
        "archived": repository.archived,
        "disabled": repository.disabled,
        "visibility": repository.visibility,
        "pushed_at": stamp(pushed),
        "created_at": stamp(repository.created_at),
        "updated_at": stamp(repository.created_at),
        "permissions": permissions(viewer, repository),
        "allow_forking": False,
        "web_commit_signoff_required": False,
        "license": None,
        "forks": 0,
        "open_issues": 0,
        "watchers": 0,
    }
    if administers(viewer, repository):
        answer["security_and_analysis"] = {name: {"status": status} for name, status in repository.security.items()}
    return answer


def plain_repository(state: State, repository: Repository, viewer: Viewer, to: Addresses) -> dict[str, Any]:
    """GitHub's repository (inside pull requests, and in the list of an installation)."""
    answer = minimal_repository(state, repository, viewer, to)
    answer.pop("security_and_analysis", None)
    return answer | {"allow_squash_merge": True, "allow_merge_commit": True, "allow_rebase_merge": False, "delete_branch_on_merge": True}


def full_repository(state: State, repository: Repository, viewer: Viewer, to: Addresses) -> dict[str, Any]:
    """`GET /repos/{owner}/{repo}`."""
    return minimal_repository(state, repository, viewer, to) | {
        "temp_clone_token": "",
        "allow_squash_merge": True,
        "allow_merge_commit": True,
        "allow_rebase_merge": False,
        "allow_auto_merge": False,
        "delete_branch_on_merge": True,
        "allow_update_branch": False,
        "subscribers_count": 1,
        "network_count": 0,
        "organization": organization_account(state, to),
        "custom_properties": {},
    }


def administers(viewer: Viewer, repository: Repository) -> bool:
    """Whether settings of the repository are shown."""
    if viewer.kind == "installation":
        return viewer.has("administration")
    return viewer.role_in(repository) == "admin" and (viewer.kind == "classic" or viewer.has("administration"))


def permissions(viewer: Viewer, repository: Repository) -> dict[str, bool]:
    """What the caller may do there; apps are shown reading only."""
    role = "pull" if viewer.kind == "installation" else viewer.role_in(repository)
    rank = ROLES.index(role) if role in ROLES else -1
    return {name: rank >= index for index, name in reversed(list(enumerate(ROLES)))}


def deploy_key(state: State, repository: Repository, key: DeployKey, to: Addresses) -> dict[str, Any]:
    """A deploy key; the public key itself is a made-up one."""
    return {
        "id": key.id,
        "key": f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA{key.id:028d}",
        "url": f"{to.api}/repos/{state.login}/{repository.name}/keys/{key.id}",
        "title": key.title,
        "verified": True,
        "created_at": stamp(key.created_at),
        "read_only": key.read_only,
        "added_by": key.added_by,
        "last_used": stamp(key.last_used),
        "enabled": True,
    }


def environment(state: State, repository: Repository, environment: Environment, to: Addresses) -> dict[str, Any]:
    """A deployment environment with its reviewers."""
    rules = []
    if environment.reviewers:
        reviewers = [{"type": "User", "reviewer": simple_user(state, login, to)} for login in environment.reviewers]
        rules.append(
            {
                "id": environment.id,
                "node_id": node_id("GateRule", environment.id),
                "prevent_self_review": False,
                "type": "required_reviewers",
                "reviewers": reviewers,
            }
        )
    return {
        "id": environment.id,
        "node_id": node_id("Environment", environment.id),
        "name": environment.name,
        "url": f"{to.api}/repos/{state.login}/{repository.name}/environments/{environment.name}",
        "html_url": f"{to.html}/{state.login}/{repository.name}/deployments/activity_log?environments_filter={environment.name}",
        "created_at": stamp(environment.created_at),
        "updated_at": stamp(environment.created_at),
        "protection_rules": rules,
        "deployment_branch_policy": None,
    }


def collaborator(state: State, login: str, role: str, to: Addresses) -> dict[str, Any]:
    """Someone with access to the repository, and their role."""
    rank = ROLES.index(role)
    held = {name: rank >= index for index, name in enumerate(ROLES)}
    return (simple_user(state, login, to) or {}) | {"permissions": held, "role_name": ROLE_NAMES.get(role, role)}
