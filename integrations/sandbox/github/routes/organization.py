"""The organization's settings, Actions settings, installations, tokens, hooks, roles and audit log."""

from integrations.sandbox.github.access import Need
from integrations.sandbox.github.answers import Answer, Refused, not_found
from integrations.sandbox.github.call import Call, route
from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.rendering.organization import audit_event, hook, installation, organization, personal_access_token, role
from integrations.sandbox.github.state import AuditEvent

ADMINISTRATION = Need(permission="organization_administration", scopes=("admin:org",), owner=True, denied=403)
ENTERPRISE = "enterprise"
ROLES = (
    (8132, "all_repo_read", "read"),
    (8133, "all_repo_triage", "triage"),
    (8134, "all_repo_write", "write"),
    (8135, "all_repo_maintain", "maintain"),
    (8136, "all_repo_admin", "admin"),
)


@route("/orgs/{org}")
def get_organization(call: Call) -> Answer:
    """The organization; an owner's view holds the settings."""
    return Answer(data=organization(call.state, call.viewer, call.to))


@route("/orgs/{org}/installations", Need(permission="organization_administration", scopes=("admin:org", "read:org"), owner=True))
def installations(call: Call) -> Answer:
    """Apps installed in the organization."""
    return call.counted("installations", call.state.installations, lambda each: installation(call.state, each, call.to))


@route("/orgs/{org}/actions/permissions", ADMINISTRATION)
def actions_permissions(call: Call) -> Answer:
    """Which actions may run."""
    held, base = call.state.settings, f"{call.to.api}/orgs/{call.state.login}/actions/permissions"
    answer = {"enabled_repositories": held.enabled_repositories}
    if held.enabled_repositories == "selected":
        answer["selected_repositories_url"] = f"{base}/repositories"
    if held.enabled_repositories != "none":
        answer["allowed_actions"] = held.allowed_actions
        if held.sha_pinning_required is not None:
            answer["sha_pinning_required"] = held.sha_pinning_required
        if held.allowed_actions == "selected":
            answer["selected_actions_url"] = f"{base}/selected-actions"
    return Answer(data=answer)


@route("/orgs/{org}/actions/permissions/selected-actions", ADMINISTRATION)
def selected_actions(call: Call) -> Answer:
    """Which actions are allowed when only selected ones are."""
    held = call.state.settings
    if held.allowed_actions != "selected":
        raise Refused(409, "Conflict: allowed_actions is not selected")
    return Answer(
        data={
            "github_owned_allowed": held.github_owned_allowed,
            "verified_allowed": held.verified_allowed,
            "patterns_allowed": held.patterns_allowed,
        }
    )


@route("/orgs/{org}/actions/permissions/workflow", ADMINISTRATION)
def workflow_permissions(call: Call) -> Answer:
    """What a workflow's token may do by default."""
    held = call.state.settings
    return Answer(
        data={
            "default_workflow_permissions": held.default_workflow_permissions,
            "can_approve_pull_request_reviews": held.can_approve_pull_request_reviews,
        }
    )


@route("/orgs/{org}/personal-access-tokens", Need(permission="organization_personal_access_tokens", owner=True, denied=403))
def personal_access_tokens(call: Call) -> Answer:
    """Fine-grained tokens with access; GitHub offers this list to apps only."""
    if call.viewer.kind != "installation":
        raise Refused(
            403, "Only GitHub Apps can use this endpoint.", x_accepted_github_permissions="organization_personal_access_tokens=read"
        )
    return call.paged(call.state.personal_access_tokens, lambda each: personal_access_token(call.state, each, call.to))


@route("/orgs/{org}/hooks", Need(permission="organization_hooks", scopes=("admin:org_hook",), owner=True))
def hooks(call: Call) -> Answer:
    """Webhooks of the organization."""
    return call.paged(call.state.hooks, lambda each: hook(call.state, each, call.to))


@route("/orgs/{org}/organization-roles", Need(permission="organization_custom_org_roles", scopes=("admin:org", "read:org"), owner=True))
def organization_roles(call: Call) -> Answer:
    """Predefined roles."""
    return Answer(data={"total_count": len(ROLES), "roles": [role(number, name, base, call.state) for number, name, base in ROLES]})


@route(
    "/orgs/{org}/audit-log",
    Need(permission="organization_administration", scopes=("read:audit_log", "admin:org"), owner=True, denied=403),
    resource="audit_log",
)
def audit_log(call: Call) -> Answer:
    """Events, newest first, unless order=asc; only with an Enterprise plan."""
    if call.state.settings.plan != ENTERPRISE:
        raise not_found()
    words = call.query.get("phrase", "").split()
    rows = [each for each in call.state.audit_log if all(_matches(each, word) for word in words)]
    sign = 1 if call.query.get("order") == "asc" else -1
    return call.cursored(rows, lambda each: audit_event(call.state, each), lambda each: (sign * int(each.at.timestamp() * 1000), each.id))


def _matches(event: AuditEvent, word: str) -> bool:
    name, _, value = word.partition(":")
    if name == "action":
        return event.action == value or event.action.startswith(f"{value}.")
    if name == "actor":
        return event.actor == value
    if name == "created":
        day = str(stamp(event.at))
        return day >= value[2:] if value.startswith(">=") else day <= value[2:] + "~" if value.startswith("<=") else day.startswith(value)
    return word in event.action
