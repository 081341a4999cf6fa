"""Members, memberships, outside collaborators, teams."""

from integrations.sandbox.github.access import Need
from integrations.sandbox.github.answers import Answer, Refused, not_found
from integrations.sandbox.github.call import Call, route
from integrations.sandbox.github.rendering.people import membership, public_user, simple_user, team
from integrations.sandbox.github.state import Person, Team

MEMBERS = Need(permission="members", scopes=("read:org",))
FILTERS = {"2fa_disabled": "disabled", "2fa_insecure": "insecure"}


@route("/orgs/{org}/members", MEMBERS)
def members(call: Call) -> Answer:
    """Members by id; the filters on the second factor are for owners only."""
    state = call.state
    rows = [
        state.people[each.login]
        for each in state.members.values()
        if each.status == "active" and _has_role(each.role, call.query.get("role", "all"))
    ]
    return call.paged(sorted(_filtered(call, rows), key=lambda each: each.id), lambda each: simple_user(state, each.login, call.to))


@route("/orgs/{org}/members/{username}", MEMBERS)
def is_member(call: Call) -> Answer:
    """204 for a member."""
    if call.arguments["username"] not in call.state.members:
        raise not_found()
    return Answer(204)


@route("/orgs/{org}/memberships/{username}", MEMBERS)
def get_membership(call: Call) -> Answer:
    """Role and state of a seat."""
    if call.arguments["username"] not in call.state.members:
        raise not_found()
    return Answer(data=membership(call.state, call.arguments["username"], call.to))


@route("/orgs/{org}/outside_collaborators", Need(permission="members", scopes=("read:org",), member=True))
def outside_collaborators(call: Call) -> Answer:
    """People without a seat who reach a repository."""
    rows = [call.state.people[login] for login in call.state.collaborators]
    return call.paged(sorted(_filtered(call, rows), key=lambda each: each.id), lambda each: simple_user(call.state, each.login, call.to))


@route("/orgs/{org}/teams", Need(permission="members", scopes=("read:org",), denied=403))
def teams(call: Call) -> Answer:
    """Teams by id."""
    return call.paged(sorted(call.state.teams.values(), key=lambda each: each.id), lambda each: team(call.state, each, call.to))


@route("/orgs/{org}/teams/{team_slug}/members", MEMBERS)
def team_members(call: Call) -> Answer:
    """Members of a team."""
    role = call.query.get("role", "all")
    rows = [call.state.people[login] for login, held in _team(call).members.items() if role in ("all", held)]
    return call.paged(sorted(rows, key=lambda each: each.id), lambda each: simple_user(call.state, each.login, call.to))


@route("/users/{username}")
def account(call: Call) -> Answer:
    """What anyone sees of an account."""
    person = call.state.people.get(call.arguments["username"])
    if person is None:
        raise not_found()
    return Answer(data=public_user(call.state, person, call.to))


def _team(call: Call) -> Team:
    found = call.state.teams.get(call.arguments["team_slug"])
    if found is None:
        raise not_found()
    return found


def _has_role(held: str, wanted: str) -> bool:
    return wanted == "all" or held == wanted


def _filtered(call: Call, rows: list[Person]) -> list[Person]:
    wanted = call.query.get("filter", "all")
    if wanted == "all":
        return rows
    if wanted not in FILTERS:
        raise Refused(422, "Validation Failed")
    if not call.viewer.sees_second_factor:
        raise Refused(422, f"Only owners can use the {wanted} filter.")
    return [each for each in rows if each.second_factor == FILTERS[wanted]]
