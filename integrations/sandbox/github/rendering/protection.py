"""Classic branch protection, rulesets and the rules that hold for a branch."""

from fnmatch import fnmatchcase
from typing import Any

from integrations.sandbox.github.access import Viewer
from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.rendering.addresses import Addresses, node_id
from integrations.sandbox.github.rendering.people import simple_user
from integrations.sandbox.github.state import BranchProtection, Repository, Ruleset, State


def branch_protection(state: State, repository: Repository, branch: str, rule: BranchProtection, to: Addresses) -> dict[str, Any]:
    """`GET .../branches/{branch}/protection`. Blocks that are not demanded are absent, as at GitHub."""
    url = f"{to.api}/repos/{state.login}/{repository.name}/branches/{branch}/protection"
    answer: dict[str, Any] = {
        "url": url,
        "required_signatures": {"url": f"{url}/required_signatures", "enabled": rule.signatures},
        "enforce_admins": {"url": f"{url}/enforce_admins", "enabled": rule.enforce_admins},
        "required_linear_history": {"enabled": rule.linear_history},
        "allow_force_pushes": {"enabled": rule.allow_force_pushes},
        "allow_deletions": {"enabled": rule.allow_deletions},
        "block_creations": {"enabled": False},
        "required_conversation_resolution": {"enabled": rule.conversation_resolution},
        "lock_branch": {"enabled": False},
        "allow_fork_syncing": {"enabled": False},
    }
    if rule.reviews is not None:
        answer["required_pull_request_reviews"] = {
            "url": f"{url}/required_pull_request_reviews",
            "dismiss_stale_reviews": rule.dismiss_stale,
            "require_code_owner_reviews": rule.code_owners,
            "require_last_push_approval": rule.last_push_approval,
            "required_approving_review_count": rule.reviews,
        }
        if rule.bypass_logins:
            users = [simple_user(state, login, to) for login in rule.bypass_logins]
            answer["required_pull_request_reviews"]["bypass_pull_request_allowances"] = {"users": users, "teams": [], "apps": []}
    if rule.contexts is not None:
        answer["required_status_checks"] = {
            "url": f"{url}/required_status_checks",
            "strict": rule.strict,
            "contexts": list(rule.contexts),
            "contexts_url": f"{url}/required_status_checks/contexts",
            "checks": [{"context": name, "app_id": None} for name in rule.contexts],
        }
    return answer


def ruleset(state: State, ruleset: Ruleset, repository: Repository | None, viewer: Viewer, to: Addresses, *, whole: bool) -> dict[str, Any]:
    """A ruleset; `whole` with rules, conditions and bypass actors, which GitHub shows only to callers with write access to it."""
    of_org = repository is None or ruleset not in repository.rulesets
    own = (
        f"{to.api}/orgs/{state.login}/rulesets/{ruleset.id}"
        if of_org
        else f"{to.api}/repos/{state.login}/{repository.name}/rulesets/{ruleset.id}"
    )
    page = (
        f"{to.html}/organizations/{state.login}/settings/rules/{ruleset.id}"
        if of_org
        else f"{to.html}/{state.login}/{repository.name}/rules/{ruleset.id}"
    )
    answer: dict[str, Any] = {
        "id": ruleset.id,
        "name": ruleset.name,
        "target": ruleset.target,
        "source_type": "Organization" if of_org else "Repository",
        "source": state.login if of_org else f"{state.login}/{repository.name}",
        "enforcement": ruleset.enforcement,
        "node_id": node_id("RepositoryRuleset", ruleset.id),
        "_links": {"self": {"href": own}, "html": {"href": page}},
        "created_at": stamp(ruleset.created_at),
        "updated_at": stamp(ruleset.updated_at),
    }
    if not whole:
        return answer
    answer["conditions"] = {"ref_name": {"include": ruleset.branches, "exclude": ruleset.branches_excluded}}
    if of_org:
        answer["conditions"]["repository_name"] = {
            "include": ruleset.repositories,
            "exclude": ruleset.repositories_excluded,
            "protected": True,
        }
    answer["rules"] = ruleset.rules
    if _may_edit(viewer, of_org, repository):
        answer["bypass_actors"] = ruleset.bypass_actors
    answer["current_user_can_bypass"] = _can_bypass(ruleset, viewer)
    return answer


def _may_edit(viewer: Viewer, of_org: bool, repository: Repository | None) -> bool:
    permission = "organization_administration" if of_org else "administration"
    if viewer.kind == "installation":
        return viewer.has(permission, "write")
    administers = viewer.is_owner or (not of_org and repository is not None and viewer.role_in(repository) == "admin")
    scope = {"admin:org", "write:org"} if of_org else {"repo"}
    return administers and (bool(viewer.scopes & scope) if viewer.kind == "classic" else viewer.has(permission, "write"))


def _can_bypass(ruleset: Ruleset, viewer: Viewer) -> str:
    for actor in ruleset.bypass_actors:
        if viewer.is_owner and (
            actor["actor_type"] == "OrganizationAdmin" or (actor["actor_type"] == "RepositoryRole" and actor["actor_id"] == 5)
        ):
            return "always" if actor.get("bypass_mode", "always") == "always" else "pull_requests_only"
    return "never"


def applies(state: State, ruleset: Ruleset, repository: Repository, branch: str) -> bool:
    """Whether a ruleset reaches a branch: target, conditions on repository name (organization's only) and on the ref."""
    if ruleset.target != "branch":
        return False
    if ruleset in state.rulesets and not _named(repository.name, ruleset.repositories, ruleset.repositories_excluded):
        return False
    return _reached(branch, repository, ruleset.branches) and not _reached(branch, repository, ruleset.branches_excluded)


def _named(name: str, include: list[str], exclude: list[str]) -> bool:
    return any(each == "~ALL" or fnmatchcase(name, each) for each in include) and not any(fnmatchcase(name, each) for each in exclude)


def _reached(branch: str, repository: Repository, patterns: list[str]) -> bool:
    for pattern in patterns:
        if (
            pattern == "~ALL"
            or (pattern == "~DEFAULT_BRANCH" and branch == repository.default_branch)
            or fnmatchcase(f"refs/heads/{branch}", pattern)
        ):
            return True
    return False


def reaching(state: State, repository: Repository) -> list[Ruleset]:
    """Rulesets that reach the repository, its own first."""
    return [
        *repository.rulesets,
        *(each for each in state.rulesets if _named(repository.name, each.repositories, each.repositories_excluded)),
    ]


def rules_of_branch(state: State, repository: Repository, branch: str) -> list[dict[str, Any]]:
    """`GET .../rules/branches/{branch}`: rules of active rulesets; classic protection is not part of it, as at GitHub."""
    rows = []
    for each in reaching(state, repository):
        if each.enforcement == "active" and applies(state, each, repository, branch):
            of_org = each not in repository.rulesets
            source = {
                "ruleset_source_type": "Organization" if of_org else "Repository",
                "ruleset_source": state.login if of_org else f"{state.login}/{repository.name}",
                "ruleset_id": each.id,
            }
            rows += [{**rule, **source} for rule in each.rules]
    return rows
