"""The site, the caller, users and groups."""

from integrations.sandbox.jira.access import Need
from integrations.sandbox.jira.answers import Answer, Refused
from integrations.sandbox.jira.call import Call, route
from integrations.sandbox.jira.rendering import group, stamp, user

USERS = Need("read:jira-user", ("read:user:jira", "read:application-role:jira", "read:avatar:jira"), browse_users=True)
GROUPS = Need("read:jira-user", ("read:group:jira",), browse_users=True)
MEMBERS = Need("manage:jira-configuration", ("read:group:jira", "read:user:jira", "read:avatar:jira"), browse_users=True)


@route("GET /rest/api/3/serverInfo")
def server(call: Call) -> Answer:
    """Which site this is."""
    now = stamp(call.state.clock.now(), call.zone)
    return Answer(
        data={
            "baseUrl": f"https://{call.state.name}.atlassian.net", "version": "1001.0.0-SNAPSHOT", "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud", "buildNumber": 100_290, "buildDate": now, "serverTime": now, "scmInfo": "0" * 40,
            "serverTitle": "Jira", "defaultLocale": {"locale": "en_GB"},
        }
    )  # fmt: skip


@route(
    "GET /rest/api/3/myself",
    need=Need("read:jira-user", ("read:application-role:jira", "read:group:jira", "read:user:jira", "read:avatar:jira")),
    parameters="expand",
)
def myself(call: Call) -> Answer:
    """The caller."""
    return Answer(data=user(call, call.state.users[call.viewer.account], zone=True))


@route("GET /rest/api/3/mypermissions", parameters="permissions projectKey projectId issueKey issueId")
def permissions(call: Call) -> Answer:
    """Whether the caller has the named permissions."""
    names = [each for each in call.query.get("permissions", "").split(",") if each]
    if not names:
        raise Refused(400, "The 'permissions' query parameter is required.")
    account, state = call.viewer.account, call.state
    held = {
        "ADMINISTER": account in state.administrators,
        "USER_PICKER": state.browse_users is None or account in state.browse_users,
        "BROWSE_PROJECTS": bool(call.projects())
        if "projectKey" not in call.query
        else any(each.key == call.query["projectKey"] for each in call.projects()),
        "ADMINISTER_PROJECTS": account in state.administrators,
    }
    if unknown := [each for each in names if each not in held]:
        raise Refused(400, f"Unrecognized permission: {unknown[0]}")
    rows = {
        name: {"id": "0", "key": name, "name": name.title(), "type": "GLOBAL", "description": "", "havePermission": held[name]}
        for name in names
    }
    return Answer(data={"permissions": rows})


@route("GET /rest/api/3/users/search", need=USERS, parameters="startAt maxResults")
def users(call: Call) -> Answer:
    """Everybody, inactive people and apps too, by account id; a plain list without a total."""
    start, size = call.number("startAt", 0), call.number("maxResults", 50, 1000)
    rows = sorted(call.state.users.values(), key=lambda each: each.id)
    return Answer(data=[user(call, each) for each in rows[start : start + size]])


@route("GET /rest/api/3/group/bulk", need=GROUPS, parameters="startAt maxResults groupId groupName accessType applicationKey")
def groups(call: Call) -> Answer:
    """All groups by name."""
    return call.paged(sorted(call.state.groups.values(), key=lambda each: each.name), group)


@route("GET /rest/api/3/group/member", need=MEMBERS, parameters="groupId groupname includeInactiveUsers startAt maxResults")
def members(call: Call) -> Answer:
    """Who is in a group; inactive people only when asked for."""
    if "groupId" not in call.query and "groupname" not in call.query:
        raise Refused(400, "Please provide valid group name or group id")
    found = call.state.groups.get(call.query.get("groupId", "")) or next(
        (each for each in call.state.groups.values() if each.name == call.query.get("groupname")), None
    )
    if found is None:
        raise Refused(404, "The specified group does not exist.")
    everybody = [call.state.users[each] for each in sorted(found.members) if each in call.state.users]
    shown = [each for each in everybody if each.active or call.flag("includeInactiveUsers")]
    return call.paged(shown, lambda each: user(call, each, zone=True))
