"""Accounts, seats and teams."""

from typing import Any

from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.rendering.addresses import Addresses, node_id
from integrations.sandbox.github.state import Person, State, Team

WEB_FLOW = {"login": "web-flow", "id": 19864447}


def simple_user(state: State, login: str | None, to: Addresses) -> dict[str, Any] | None:
    """GitHub's simple-user; None for an account that is gone."""
    if login is None:
        return None
    person = state.people.get(login)
    if person is None and login != WEB_FLOW["login"]:
        return None
    number, kind = (person.id, person.kind) if person else (WEB_FLOW["id"], "User")
    return _account(login, number, kind, f"{to.api}/users/{login}", to)


def _account(login: str, number: int, kind: str, url: str, to: Addresses) -> dict[str, Any]:
    return {
        "login": login,
        "id": number,
        "node_id": node_id("User", number),
        "avatar_url": f"{to.html}/avatars/u/{number}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{to.html}/{login}",
        "followers_url": f"{url}/followers",
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{url}/subscriptions",
        "organizations_url": f"{url}/orgs",
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events{{/privacy}}",
        "received_events_url": f"{url}/received_events",
        "type": kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def organization_account(state: State, to: Addresses) -> dict[str, Any]:
    """The organization where GitHub shows it as an account (owner of a repository)."""
    return _account(state.login, state.id, "Organization", f"{to.api}/users/{state.login}", to)


def public_user(state: State, person: Person, to: Addresses) -> dict[str, Any]:
    """`GET /users/{username}`."""
    private = {
        "two_factor_authentication",
        "private_gists",
        "total_private_repos",
        "owned_private_repos",
        "disk_usage",
        "collaborators",
        "notification_email",
    }
    shown = {name: value for name, value in private_user(state, person, to).items() if name not in private}
    return shown | {"user_view_type": "public"}


def private_user(state: State, person: Person, to: Addresses) -> dict[str, Any]:
    """`GET /user`."""
    return {
        **(simple_user(state, person.login, to) or {}),
        "user_view_type": "private",
        "name": person.name,
        "company": None,
        "blog": "",
        "location": None,
        "email": person.email or None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "notification_email": person.email or None,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": stamp(person.created_at),
        "updated_at": stamp(person.created_at),
        "private_gists": 0,
        "total_private_repos": 0,
        "owned_private_repos": 0,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": person.second_factor != "disabled",
    }


def membership(state: State, login: str, to: Addresses) -> dict[str, Any]:
    """`GET /orgs/{org}/memberships/{username}`."""
    seat, org = state.members[login], f"{to.api}/orgs/{state.login}"
    return {
        "url": f"{org}/memberships/{login}",
        "state": seat.status,
        "role": seat.role,
        "organization_url": org,
        "user": simple_user(state, login, to),
        "organization": {
            "login": state.login,
            "id": state.id,
            "node_id": node_id("Organization", state.id),
            "url": org,
            "repos_url": f"{org}/repos",
            "events_url": f"{org}/events",
            "hooks_url": f"{org}/hooks",
            "issues_url": f"{org}/issues",
            "members_url": f"{org}/members{{/member}}",
            "public_members_url": f"{org}/public_members{{/member}}",
            "avatar_url": f"{to.html}/avatars/u/{state.id}?v=4",
            "description": state.description,
        },
        "direct_membership": True,
    }


def team(state: State, team: Team, to: Addresses) -> dict[str, Any]:
    """GitHub's team."""
    url = f"{to.api}/organizations/{state.id}/team/{team.id}"
    return {
        "id": team.id,
        "node_id": node_id("Team", team.id),
        "name": team.name,
        "slug": team.slug,
        "description": team.description or None,
        "privacy": team.privacy,
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "url": url,
        "html_url": f"{to.html}/orgs/{state.login}/teams/{team.slug}",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "type": "organization",
        "organization_id": state.id,
        "parent": None,
    }
