"""Who calls: the user, the app and its installations, installation tokens, the rate limit."""

from integrations.sandbox.github.access import Need, installation_token
from integrations.sandbox.github.answers import Answer, Refused, not_found
from integrations.sandbox.github.call import Call, route
from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.rendering.organization import app, installation
from integrations.sandbox.github.rendering.people import private_user
from integrations.sandbox.github.rendering.repositories import plain_repository
from integrations.sandbox.github.state import App


@route("/user", Need(apps=False))
def user(call: Call) -> Answer:
    """The person behind a token."""
    return Answer(data=private_user(call.state, call.state.people[call.viewer.login], call.to))


@route("/app")
def the_app(call: Call) -> Answer:
    """The app behind a JWT."""
    return Answer(data=app(call.state, _app(call), call.to))


@route("/app/installations")
def installations_of_app(call: Call) -> Answer:
    """Where the app is installed."""
    number = _app(call).id
    rows = [each for each in call.state.installations if each.app_id == number]
    return call.paged(rows, lambda each: installation(call.state, each, call.to))


@route("/orgs/{org}/installation")
def installation_of_organization(call: Call) -> Answer:
    """The app's installation in the organization."""
    number = _app(call).id
    found = next((each for each in call.state.installations if each.app_id == number), None)
    if found is None:
        raise not_found()
    return Answer(data=installation(call.state, found, call.to))


@route("/app/installations/{installation_id}/access_tokens", method="POST")
def access_token(call: Call) -> Answer:
    """A token of one hour for an installation, optionally for fewer permissions and repositories."""
    number = _app(call).id
    found = next(
        (each for each in call.state.installations if each.app_id == number and str(each.id) == call.arguments["installation_id"]), None
    )
    if found is None:
        raise not_found()
    if found.suspended_at is not None:
        raise Refused(403, "This installation has been suspended")
    token = installation_token(call.state, found, call.body.get("permissions"), call.body.get("repositories"))
    selection = "all" if token.repositories is None else "selected"
    return Answer(
        201,
        {
            "token": token.text,
            "expires_at": stamp(token.expires_at),
            "permissions": dict(token.permissions),
            "repository_selection": selection,
        },
    )


@route("/installation/repositories")
def installation_repositories(call: Call) -> Answer:
    """What an installation token reaches."""
    if call.viewer.kind != "installation" or call.viewer.token is None:
        raise Refused(403, "You must authenticate with an installation access token in order to list repositories for an installation.")
    selection = "all" if call.viewer.token.repositories is None else "selected"
    return call.counted(
        "repositories",
        call.visible_repositories(),
        lambda each: plain_repository(call.state, each, call.viewer, call.to),
        repository_selection=selection,
    )


@route("/rate_limit")
def rate_limit(call: Call) -> Answer:
    """All windows; asking costs nothing."""
    windows = {name: call.quotas.window(call.viewer.key, name) for name in call.state.limits if name != "audit_log"}
    resources = {
        name: {"limit": each.limit, "remaining": each.remaining, "reset": each.reset, "used": each.used} for name, each in windows.items()
    }
    return Answer(data={"resources": resources, "rate": resources["core"]}, counted=False)


def _app(call: Call) -> App:
    if call.viewer.app is None:
        raise Refused(401, "A JSON web token could not be decoded")
    return call.viewer.app
