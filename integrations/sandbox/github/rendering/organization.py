"""The organization, its installations, tokens, hooks, roles and audit log."""

from typing import Any

from integrations.sandbox.github.access import Viewer
from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.rendering.addresses import Addresses, node_id
from integrations.sandbox.github.rendering.people import organization_account, simple_user
from integrations.sandbox.github.state import App, AuditEvent, Hook, Installation, PersonalAccessToken, State

ACTIONS_SETTINGS = {
    "enabled_repositories",
    "allowed_actions",
    "github_owned_allowed",
    "verified_allowed",
    "patterns_allowed",
    "sha_pinning_required",
    "default_workflow_permissions",
    "can_approve_pull_request_reviews",
    "plan",
}


def organization(state: State, viewer: Viewer, to: Addresses) -> dict[str, Any]:
    """`GET /orgs/{org}`: the settings are left out unless the caller has an owner's view of them."""
    url = f"{to.api}/orgs/{state.login}"
    public = sum(not each.private for each in state.repositories.values())
    answer: dict[str, Any] = {
        "login": state.login,
        "id": state.id,
        "node_id": node_id("Organization", state.id),
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{to.html}/avatars/u/{state.id}?v=4",
        "description": state.description,
        "name": state.name or state.login,
        "is_verified": True,
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": public,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "html_url": f"{to.html}/{state.login}",
        "created_at": stamp(state.created_at),
        "updated_at": stamp(state.updated_at or state.created_at),
        "archived_at": None,
        "type": "Organization",
    }
    if state.email:
        answer["email"] = state.email
    if not viewer.owner_view():
        return answer
    private = len(state.repositories) - public
    answer |= {name: value for name, value in vars(state.settings).items() if name not in ACTIONS_SETTINGS}
    answer |= {
        "total_private_repos": private,
        "owned_private_repos": private,
        "private_gists": 0,
        "disk_usage": 0,
        "collaborators": len(state.collaborators),
        "billing_email": state.email,
        "members_allowed_repository_creation_type": "private",
        "members_can_create_pages": True,
        "members_can_create_public_pages": False,
        "members_can_create_private_pages": True,
        "deploy_keys_enabled_for_repositories": True,
    }
    if viewer.kind == "classic" or viewer.has("organization_plan"):
        seats = len(state.members)
        plan = {"name": state.settings.plan, "space": 976562499, "private_repos": 999999, "filled_seats": seats, "seats": seats + 10}
        answer["plan"] = plan
    return answer


def installation(state: State, installation: Installation, to: Addresses) -> dict[str, Any]:
    """An app's installation."""
    return {
        "id": installation.id,
        "account": organization_account(state, to),
        "repository_selection": installation.repository_selection,
        "access_tokens_url": f"{to.api}/app/installations/{installation.id}/access_tokens",
        "repositories_url": f"{to.api}/installation/repositories",
        "html_url": f"{to.html}/organizations/{state.login}/settings/installations/{installation.id}",
        "app_id": installation.app_id,
        "app_slug": installation.app_slug,
        "target_id": state.id,
        "target_type": "Organization",
        "permissions": dict(installation.permissions),
        "events": list(installation.events),
        "created_at": stamp(installation.created_at),
        "updated_at": stamp(installation.created_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": stamp(installation.suspended_at),
    }


def app(state: State, app: App, to: Addresses) -> dict[str, Any]:
    """`GET /app`."""
    held = [each for each in state.installations if each.app_id == app.id]
    return {
        "id": app.id,
        "slug": app.slug,
        "node_id": node_id("App", app.id),
        "owner": organization_account(state, to),
        "name": app.name,
        "description": None,
        "external_url": "https://plumbline.example",
        "html_url": f"{to.html}/apps/{app.slug}",
        "created_at": stamp(app.created_at),
        "updated_at": stamp(app.created_at),
        "permissions": dict(held[0].permissions) if held else {},
        "events": list(held[0].events) if held else [],
        "installations_count": len(held),
    }


def personal_access_token(state: State, token: PersonalAccessToken, to: Addresses) -> dict[str, Any]:
    """A fine-grained token with access to the organization."""
    return {
        "id": token.id,
        "owner": simple_user(state, token.owner, to),
        "repository_selection": token.repository_selection,
        "repositories_url": f"{to.api}/organizations/{state.id}/personal-access-tokens/{token.id}/repositories",
        "permissions": token.permissions,
        "access_granted_at": stamp(token.granted_at),
        "token_id": token.token_id,
        "token_name": token.name,
        "token_expired": token.expires_at is not None and token.expires_at <= state.clock.now(),
        "token_expires_at": stamp(token.expires_at),
        "token_last_used_at": stamp(token.last_used_at),
    }


def hook(state: State, hook: Hook, to: Addresses) -> dict[str, Any]:
    """A webhook; GitHub never shows its secret."""
    url = f"{to.api}/orgs/{state.login}/hooks/{hook.id}"
    config = {"url": hook.url, "content_type": "json", "insecure_ssl": hook.insecure_ssl} | (
        {"secret": "********"} if hook.has_secret else {}
    )
    return {
        "id": hook.id,
        "url": url,
        "ping_url": f"{url}/pings",
        "deliveries_url": f"{url}/deliveries",
        "name": "web",
        "events": hook.events,
        "active": hook.active,
        "config": config,
        "updated_at": stamp(hook.created_at),
        "created_at": stamp(hook.created_at),
        "type": "Organization",
    }


def role(number: int, name: str, base_role: str, state: State) -> dict[str, Any]:
    """A predefined organization role."""
    return {
        "id": number,
        "name": name,
        "description": f"Grants {base_role} access to all repositories.",
        "base_role": base_role,
        "source": "Predefined",
        "permissions": [],
        "organization": None,
        "created_at": stamp(state.created_at),
        "updated_at": stamp(state.created_at),
    }


def audit_event(state: State, event: AuditEvent) -> dict[str, Any]:
    """An event of the audit log; instants are milliseconds there."""
    millis = int(event.at.timestamp() * 1000)
    person = state.people.get(event.actor)
    answer = {
        "@timestamp": millis,
        "_document_id": event.id,
        "action": event.action,
        "actor": event.actor,
        "created_at": millis,
        "org": state.login,
        "org_id": state.id,
        "operation_type": event.action.rsplit(".", 1)[-1],
        **event.data,
    }
    if person is not None:
        answer["actor_id"] = person.id
    if event.repository:
        answer["repo"] = f"{state.login}/{event.repository}"
    return answer
