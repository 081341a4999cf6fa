"""Named changes of the state: what fault scripts and the control address are made of. Each takes the state and plain values."""

from collections.abc import Callable, Mapping

from integrations.sandbox.jira.state import State, account_id


def revoke_token(state: State, token: str) -> None:
    """Somebody deleted the API token."""
    state.api_tokens[token].revoked = True


def expire_access_tokens(state: State) -> None:
    """Every bearer token is over from now on."""
    for token in state.access_tokens.values():
        token.ends = state.clock.now()


def revoke_grants(state: State) -> None:
    """Whoever allowed the app takes it back."""
    for grant in state.grants:
        grant.revoked = True


def take_scope(state: State, scope: str) -> None:
    """The app's grants lose a scope."""
    for grant in state.grants:
        grant.scopes = grant.scopes - {scope}


def hide_users(state: State) -> None:
    """Nobody may browse users and groups any more."""
    state.browse_users = set()


def hide_project(state: State, key: str) -> None:
    """Nobody but its lead may browse the project."""
    state.projects[key].browse = [("projectLead", "")]


def add_issue(state: State, project: str, type: str, summary: str, reporter: str) -> None:
    """Somebody files a ticket."""
    state.add_issue(project, type, summary, reporter)


def delete_issue(state: State, key: str) -> None:
    """Somebody deletes a ticket."""
    del state.issues[state.issue(key).id]


def move(state: State, key: str, status: str, by: str) -> None:
    """A ticket gets another status."""
    state.move(key, status, by)


def add_user(state: State, user: str, name: str, email: str) -> None:
    """Somebody gets an account."""
    state.add_user(user, name, email)


def deactivate(state: State, user: str) -> None:
    """Somebody's account is switched off."""
    state.users[account_id(user)].active = False


def activate(state: State, user: str) -> None:
    """Somebody's account is switched on."""
    state.users[account_id(user)].active = True


ACTIONS: Mapping[str, Callable[..., None]] = {
    each.__name__: each
    for each in (
        revoke_token, expire_access_tokens, revoke_grants, take_scope, hide_users, hide_project, add_issue, delete_issue, move, add_user,
        deactivate, activate,
    )
}  # fmt: skip
