"""Named changes of the state: what fault scripts, the control address and the scripted history are made of.

Each takes the state and plain values, so that it can be named over HTTP.
"""

from collections.abc import Callable
from typing import Any

from integrations.sandbox.github.state import BranchProtection, State

Action = Callable[..., None]


def remove_member(state: State, login: str) -> None:
    """Someone leaves the organization."""
    state.remove_member(login)


def add_member(state: State, login: str, role: str = "member", name: str = "", email: str = "", second_factor: str = "secure") -> None:
    """Someone joins."""
    state.add_member(login, role=role, name=name, email=email, second_factor=second_factor)
    if state.saml is not None:
        state.saml[login] = email or login


def set_role(state: State, login: str, role: str) -> None:
    """A member becomes owner (admin) or member."""
    state.members[login].role = role


def set_second_factor(state: State, login: str, second_factor: str) -> None:
    """secure, insecure or disabled."""
    state.people[login].second_factor = second_factor


def set_setting(state: State, name: str, value: Any) -> None:
    """One of Settings. Raises AttributeError for an unknown name."""
    getattr(state.settings, name)
    setattr(state.settings, name, value)
    state.updated_at = state.clock.now()


def expire_token(state: State, token: str) -> None:
    """The token's time is over from now on."""
    state.tokens[token].expires_at = state.clock.now()


def revoke_token(state: State, token: str) -> None:
    """Somebody deleted the token."""
    state.tokens[token].revoked = True


def revoke_permission(state: State, permission: str) -> None:
    """An owner takes a permission away: from installations, and from the tokens already given out."""
    for installation in state.installations:
        installation.permissions.pop(permission, None)
    for token in state.tokens.values():
        token.permissions.pop(permission, None)


def grant_permission(state: State, permission: str, level: str = "read") -> None:
    """An owner grants a permission to all installations and their tokens, and to fine-grained tokens."""
    for installation in state.installations:
        installation.permissions[permission] = level
    for token in state.tokens.values():
        if token.kind in ("installation", "fine_grained"):
            token.permissions[permission] = level


def remove_protection(state: State, repository: str, branch: str = "main") -> None:
    """Classic protection of a branch is removed."""
    state.repositories[repository].protections.pop(branch, None)


def protect(state: State, repository: str, branch: str = "main", **fields: Any) -> None:
    """Classic protection of a branch is set; `fields` as in BranchProtection."""
    state.repositories[repository].protections[branch] = BranchProtection(**fields)


def set_enforcement(state: State, ruleset: str, enforcement: str) -> None:
    """A ruleset (by name, of the organization or any repository) becomes active, evaluate or disabled."""
    everywhere = [*state.rulesets, *(each for repository in state.repositories.values() for each in repository.rulesets)]
    found = [each for each in everywhere if each.name == ruleset]
    if not found:
        raise KeyError(ruleset)
    for each in found:
        each.enforcement, each.updated_at = enforcement, state.clock.now()


def exclude_from_ruleset(state: State, ruleset: str, repository: str) -> None:
    """A repository is taken out of a ruleset of the organization."""
    _org_ruleset(state, ruleset).repositories_excluded.append(repository)
    _org_ruleset(state, ruleset).updated_at = state.clock.now()


def include_in_ruleset(state: State, ruleset: str, repository: str) -> None:
    """The exclusion of a repository from a ruleset of the organization ends."""
    _org_ruleset(state, ruleset).repositories_excluded.remove(repository)
    _org_ruleset(state, ruleset).updated_at = state.clock.now()


def set_visibility(state: State, repository: str, visibility: str) -> None:
    """private, internal or public."""
    state.repositories[repository].visibility = visibility


def rename_repository(state: State, repository: str, name: str) -> None:
    """The repository gets a new name and keeps its id."""
    home = state.repositories.pop(repository)
    state.former_names[home.name] = home.id
    home.name = name
    state.repositories[name] = home


def remove_repository(state: State, repository: str) -> None:
    """The repository is deleted."""
    del state.repositories[repository]


def fix_dependabot(state: State, repository: str, number: int) -> None:
    """A Dependabot alert is fixed."""
    alert = next(each for each in state.repositories[repository].dependabot if each.number == number)
    alert.state, alert.fixed_at, alert.updated_at = "fixed", state.clock.now(), state.clock.now()


def dismiss_dependabot(
    state: State, repository: str, number: int, by: str, reason: str = "tolerable_risk", comment: str | None = None
) -> None:
    """A Dependabot alert is dismissed with a reason."""
    alert = next(each for each in state.repositories[repository].dependabot if each.number == number)
    alert.state, alert.dismissed_at, alert.updated_at = "dismissed", state.clock.now(), state.clock.now()
    alert.dismissed_by, alert.dismissed_reason, alert.dismissed_comment = by, reason, comment


def resolve_secret(state: State, repository: str, number: int, by: str, resolution: str = "revoked") -> None:
    """A secret scanning alert is resolved."""
    alert = next(each for each in state.repositories[repository].secret_alerts if each.number == number)
    alert.state, alert.resolution, alert.resolved_by = "resolved", resolution, by
    alert.resolved_at = alert.updated_at = state.clock.now()


def push_directly(state: State, repository: str, author: str, message: str = "Hotfix") -> None:
    """A commit lands on the default branch without a pull request."""
    state.push_directly(repository, author, message)


def merge_change(state: State, repository: str, author: str, reviewer: str = "", title: str = "A change") -> None:
    """A pull request is opened, reviewed (unless `reviewer` is empty) and merged in one go."""
    pull = state.open_pull(repository, author, title)
    if reviewer:
        state.review(pull, reviewer)
    state.check(repository, pull.head)
    state.merge(repository, pull, reviewer or author)


def _org_ruleset(state: State, name: str) -> Any:
    found = next((each for each in state.rulesets if each.name == name), None)
    if found is None:
        raise KeyError(name)
    return found


ACTIONS: dict[str, Action] = {
    each.__name__: each
    for each in (
        remove_member,
        add_member,
        set_role,
        set_second_factor,
        set_setting,
        expire_token,
        revoke_token,
        revoke_permission,
        grant_permission,
        remove_protection,
        protect,
        set_enforcement,
        exclude_from_ruleset,
        include_in_ruleset,
        set_visibility,
        rename_repository,
        remove_repository,
        fix_dependabot,
        dismiss_dependabot,
        resolve_secret,
        push_directly,
        merge_change,
    )
}
