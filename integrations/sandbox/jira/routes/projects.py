"""Projects, who may browse them, and their roles."""

from integrations.sandbox.jira.access import Need
from integrations.sandbox.jira.answers import Answer, Refused
from integrations.sandbox.jira.call import Call, route
from integrations.sandbox.jira.rendering import project, role

WORK = Need("read:jira-work", ("read:project:jira",))
SEARCH = "startAt maxResults orderBy id keys query typeKey categoryId action expand status properties propertyQuery"


@route("GET /rest/api/3/project/search", need=WORK, parameters=SEARCH)
def projects(call: Call) -> Answer:
    """Those the caller may browse, by key."""
    wanted = [each.upper() for each in call.query.get("keys", "").split(",") if each]
    states = call.query.get("status", "live").split(",")
    if set(states) - {"live", "archived", "deleted"}:
        raise Refused(400, "The value of 'status' is not known.")
    rows = [each for each in call.projects() if (not wanted or each.key in wanted) and ("archived" if each.archived else "live") in states]
    return call.paged(rows, lambda each: project(call, each))


def _administered(call: Call) -> None:
    if call.viewer.account not in call.state.administrators:
        raise Refused(403, "You do not have permission to administer this project.")


@route("GET /rest/api/3/project/{project}/permissionscheme", need=WORK, parameters="expand")
def scheme(call: Call) -> Answer:
    """The scheme of a company-managed project, with its grants when they are asked for."""
    home = call.project()
    _administered(call)
    if home.style != "classic":
        raise Refused(404, "Team-managed projects have no permission scheme.")
    data = {
        "expand": "permissions,user,group,projectRole,field,all",
        "self": call.url,
        "id": int(home.id),
        "name": f"{home.key} permissions",
    }
    if "permissions" in call.query.get("expand", "").split(","):
        data["permissions"] = [
            {"id": index, "self": call.url, "permission": name, "holder": _holder(call, *held)}
            for index, (name, held) in enumerate(
                [*(("BROWSE_PROJECTS", each) for each in home.browse), ("EDIT_ISSUES", ("applicationRole", ""))], 1
            )
        ]
    return Answer(data=data)


def _holder(call: Call, kind: str, value: str) -> dict[str, object]:
    if kind == "group":
        return {"type": "group", "parameter": call.state.groups[value].name, "value": value, "expand": "group"}
    return {"type": kind} | ({"parameter": value, "value": value} if value else {})


@route("GET /rest/api/3/project/{project}/role", need=WORK)
def roles(call: Call) -> Answer:
    """Addresses of the roles by name."""
    home = call.project()
    _administered(call)
    return Answer(data={each.name: f"{call.url}/{each.id}" for each in home.roles})


@route("GET /rest/api/3/project/{project}/role/{role}", need=WORK, parameters="excludeInactiveUsers")
def one_role(call: Call) -> Answer:
    """A role with its actors."""
    home = call.project()
    _administered(call)
    found = next((each for each in home.roles if str(each.id) == call.arguments["role"]), None)
    if found is None:
        raise Refused(404, "Can not retrieve a role actor for a null project role.")
    return Answer(data=role(call, found))
