"""Users, factors, administrator roles and groups."""

from typing import Any

from integrations.sandbox.okta.answers import Answer, not_found
from integrations.sandbox.okta.call import Call, route
from integrations.sandbox.okta.clock import stamp
from integrations.sandbox.okta.paging import page_after
from integrations.sandbox.okta.search import matcher
from integrations.sandbox.okta.state import Factor, Group, User, okta_id

USERS = "okta.users.read"
GROUPS = "okta.groups.read"
ROLES = "okta.roles.read"
USER_BUCKET = "/api/v1/users/{id}"
CUSTOM = "CUSTOM"
STANDARD = frozenset(
    {
        "API_ACCESS_MANAGEMENT_ADMIN", "APP_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "HELP_DESK_ADMIN", "ORG_ADMIN", "READ_ONLY_ADMIN",
        "REPORT_ADMIN", "SUPER_ADMIN", "USER_ADMIN", "WORKFLOWS_ADMIN",
    }
)  # fmt: skip
ATTRIBUTES = {
    "status": lambda user: user.status,
    "id": lambda user: user.id,
    "lastUpdated": lambda user: stamp(user.updated),
    "profile.login": lambda user: user.login,
    "profile.email": lambda user: user.email,
}


@route("/api/v1/users", USERS, "search", "filter", "q", "after", "limit", "sortBy", "sortOrder", "fields", "expand", limits=(200, 1, 200))
def users(call: Call) -> Answer:
    """All users; deprovisioned ones only where a search or filter asks for them."""
    rows = list(call.state.users.values())
    expression = call.query.get("search") or call.query.get("filter")
    if expression:
        fits = matcher(expression, ATTRIBUTES, "search" if "search" in call.query else "filter")
        rows = [each for each in rows if fits(each)]
    else:
        rows = [each for each in rows if each.status != "DEPROVISIONED"]
    return call.paged(rows, lambda each: user(call, each), lambda each: (stamp(each.created), each.id))


@route("/api/v1/users/{id}", USERS, "expand", bucket=USER_BUCKET)
def one_user(call: Call) -> Answer:
    """One user; `me` is the owner of the token."""
    number = call.arguments["id"]
    found = call.caller.owner if number == "me" else call.state.users.get(number)
    if found is None:
        raise not_found("User", number)
    return Answer(data=user(call, found))


@route("/api/v1/users/{id}/groups", USERS, bucket=USER_BUCKET)
def groups_of_user(call: Call) -> Answer:
    """The groups of one user."""
    who = _user(call, "id")
    return call.whole(group(call, each) for each in call.state.groups.values() if who.id in each.members)


@route("/api/v1/users/{userId}/factors", USERS, bucket=USER_BUCKET)
def factors(call: Call) -> Answer:
    """The factors of one user."""
    who = _user(call, "userId")
    return call.whole(factor(call, who, each) for each in who.factors)


@route("/api/v1/users/{userId}/roles", ROLES, "expand", bucket=USER_BUCKET)
def roles(call: Call) -> Answer:
    """The administrator roles of one user, held directly and through groups."""
    who = _user(call, "userId")
    held = [(each, "USER") for each in who.roles] + [(each, "GROUP") for each in who.through]
    return call.whole(_role(call, who, name, sort) for name, sort in held)


@route("/api/v1/iam/assignees/users", ROLES, "after", "limit", limits=(100, 1, 200))
def assignees(call: Call) -> Answer:
    """Everybody who holds an administrator role. The next page stands in the body, not in a Link header."""
    rows = sorted((each for each in call.state.users.values() if each.roles or each.through), key=lambda each: each.id)
    page, _links, following = page_after(rows, call.query, call.url, call.size, lambda each: (each.id,))
    found = [
        {
            "id": each.id,
            "orn": f"orn:okta:directory:{call.state.id}:users:{each.id}",
            "_links": {"self": call.link(f"/api/v1/users/{each.id}"), "roles": call.link(f"/api/v1/users/{each.id}/roles")},
        }
        for each in page
    ]
    return Answer(data={"value": found, "_links": {"next": {"href": following}} if following else {}})


@route("/api/v1/groups", GROUPS, "search", "filter", "q", "after", "limit", "expand", "sortBy", "sortOrder", limits=(10_000, 1, 10_000))
def groups(call: Call) -> Answer:
    """All groups."""
    rows = list(call.state.groups.values())
    expression = call.query.get("search") or call.query.get("filter")
    if expression:
        fits = matcher(
            expression, {"type": lambda each: each.sort, "lastMembershipUpdated": lambda each: stamp(each.membership_updated)}, "filter"
        )
        rows = [each for each in rows if fits(each)]
    return call.paged(rows, lambda each: group(call, each), lambda each: (each.id,))


@route("/api/v1/groups/{groupId}/users", GROUPS, "after", "limit", limits=(1000, 1, 1000), bucket="/api/v1/groups/{id}")
def members(call: Call) -> Answer:
    """Who is in one group."""
    number = call.arguments["groupId"]
    if number not in call.state.groups:
        raise not_found("UserGroup", number)
    rows = [call.state.users[each] for each in call.state.groups[number].members]
    return call.paged(rows, lambda each: user(call, each), lambda each: (each.id,))


def user(call: Call, row: User) -> dict[str, Any]:
    """A user as Okta writes it."""
    profile: dict[str, Any] = {
        "login": row.login,
        "email": row.email,
        "firstName": row.first_name,
        "lastName": row.last_name,
        "mobilePhone": None,
        "secondEmail": row.second_email,
    }
    more = {"employeeNumber": row.employee_number, "userType": row.user_type, "title": row.title, "department": row.department}
    profile |= {name: value for name, value in more.items() if value is not None}
    return {
        "id": row.id,
        "status": row.status,
        "created": stamp(row.created),
        "activated": stamp(row.activated),
        "statusChanged": stamp(row.status_changed),
        "lastLogin": stamp(row.last_login),
        "lastUpdated": stamp(row.updated),
        "passwordChanged": stamp(row.password_changed),
        "type": {"id": okta_id("oty", call.state.subdomain)},
        "profile": profile,
        "credentials": {"emails": [], "provider": {"type": "OKTA", "name": "OKTA"}},
        "_links": {"self": call.link(f"/api/v1/users/{row.id}")},
    }


def factor(call: Call, who: User, row: Factor) -> dict[str, Any]:
    """A factor as Okta writes it."""
    return {
        "id": row.id,
        "factorType": row.kind,
        "provider": row.provider,
        "vendorName": row.provider,
        "status": row.status,
        "created": stamp(row.created),
        "lastUpdated": stamp(row.created),
        "profile": row.profile,
        "_links": {"self": call.link(f"/api/v1/users/{who.id}/factors/{row.id}")},
    }


def group(call: Call, row: Group) -> dict[str, Any]:
    """A group as Okta writes it."""
    return {
        "id": row.id,
        "created": stamp(row.created),
        "lastUpdated": stamp(row.created),
        "lastMembershipUpdated": stamp(row.membership_updated or row.created),
        "objectClass": ["okta:user_group"],
        "type": row.sort,
        "profile": {"name": row.name, "description": row.description},
        "_links": {"users": call.link(f"/api/v1/groups/{row.id}/users"), "apps": call.link(f"/api/v1/groups/{row.id}/apps")},
    }


def _role(call: Call, who: User, name: str, assignment: str) -> dict[str, Any]:
    sort = name if name in STANDARD else CUSTOM
    label = name.replace("_", " ").title() if sort == name else name
    found = {
        "id": okta_id("IFI", f"{who.id} {name}"),
        "label": label,
        "type": sort,
        "status": "ACTIVE",
        "created": stamp(who.created),
        "lastUpdated": stamp(who.created),
        "assignmentType": assignment,
        "_links": {"assignee": call.link(f"/api/v1/users/{who.id}")},
    }
    return found if sort == name else {**found, "role": okta_id("cr0", name), "resource-set": okta_id("iam", name)}


def _user(call: Call, name: str) -> User:
    number = call.arguments[name]
    if number not in call.state.users:
        raise not_found("User", number)
    return call.state.users[number]
