"""Repositories, deploy keys, environments, collaborators, vulnerability alerts."""

from integrations.sandbox.github.access import Need
from integrations.sandbox.github.answers import Answer, not_found
from integrations.sandbox.github.call import Call, route
from integrations.sandbox.github.rendering.people import team
from integrations.sandbox.github.rendering.repositories import collaborator, deploy_key, environment, full_repository, minimal_repository
from integrations.sandbox.github.state import Repository

ADMINISTRATION = Need(permission="administration", scopes=("repo",), admin=True)


@route("/orgs/{org}/repos")
def repositories(call: Call) -> Answer:
    """Repositories the caller sees, newest first unless sorted otherwise."""
    rows = [each for each in call.visible_repositories() if _of_type(each, call.query.get("type", "all"))]
    keys = {
        "full_name": lambda each: each.name.lower(),
        "updated": lambda each: each.created_at,
        "pushed": lambda each: each.commits[-1].at,
    }
    sort = call.query.get("sort", "created")
    rows.sort(key=keys.get(sort, lambda each: (each.created_at, each.id)))
    if call.query.get("direction", "asc" if sort == "full_name" else "desc") == "desc":
        rows.reverse()
    return call.paged(rows, lambda each: minimal_repository(call.state, each, call.viewer, call.to))


def _of_type(repository: Repository, wanted: str) -> bool:
    private, fork = repository.private, repository.fork
    return {"public": not private, "private": private, "forks": fork, "sources": not fork, "member": False}.get(wanted, True)


@route("/repos/{owner}/{repo}")
def repository(call: Call) -> Answer:
    """One repository."""
    return Answer(data=full_repository(call.state, call.repository(), call.viewer, call.to))


@route("/repos/{owner}/{repo}/teams", ADMINISTRATION)
def repository_teams(call: Call) -> Answer:
    """Teams with access, and their permission."""
    home = call.repository()
    rows = [each for each in call.state.teams.values() if home.name in each.repositories]
    return call.paged(rows, lambda each: team(call.state, each, call.to) | {"permission": each.repositories[home.name]})


@route("/repos/{owner}/{repo}/keys", ADMINISTRATION)
def deploy_keys(call: Call) -> Answer:
    """Deploy keys."""
    home = call.repository()
    return call.paged(home.deploy_keys, lambda each: deploy_key(call.state, home, each, call.to))


@route("/repos/{owner}/{repo}/environments", Need(permission="actions", scopes=("repo",)))
def environments(call: Call) -> Answer:
    """Deployment environments."""
    home = call.repository()
    return call.counted("environments", home.environments, lambda each: environment(call.state, home, each, call.to))


@route("/repos/{owner}/{repo}/collaborators", Need(permission="metadata", scopes=("repo",)))
def collaborators(call: Call) -> Answer:
    """Who reaches the repository; affiliation=outside for those without a seat."""
    home, state = call.repository(), call.state
    held = dict(home.collaborators)
    if call.query.get("affiliation", "all") == "outside":
        held = {login: role for login, role in held.items() if login not in state.members}
    elif call.query.get("affiliation", "all") == "all":
        held |= {login: "admin" for login, seat in state.members.items() if seat.role == "admin"}
        for each in state.teams.values():
            held |= {login: each.repositories[home.name] for login in each.members if home.name in each.repositories and login not in held}
    return call.paged(sorted(held.items()), lambda each: collaborator(state, each[0], each[1], call.to))


@route("/repos/{owner}/{repo}/vulnerability-alerts", ADMINISTRATION)
def vulnerability_alerts(call: Call) -> Answer:
    """204 when Dependabot alerts are enabled."""
    if not call.repository().vulnerability_alerts:
        raise not_found()
    return Answer(204)
