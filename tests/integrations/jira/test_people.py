"""Users, groups and projects over HTTP against the twin, and what the probe says."""

import pytest

from evidence.facts.tracker_project.v1 import Viewer
from integrations.errors import AuthExpired, AuthRevoked, Misconfigured
from integrations.sandbox.jira.server import Running
from integrations.sandbox.jira.state import account_id
from integrations.transport.context import Context
from integrations.transport.spool import Spool
from integrations.vendors.jira.connector import JiraConnector
from tests.integrations.jira.scanning import ALL_KINDS, LOOPBACK, TOM, reading

MARTA, TOM_ID = account_id("marta.lindqvist"), account_id("tom.okafor")
MEMBERS = "GET /rest/api/3/group/member"


def test_users_come_with_kind_groups_and_rights(twin: Running) -> None:
    twin.state.users[TOM_ID].active = False
    with reading(twin) as run:
        users = run.facts("tracker_user")
    assert (users["Marta Lindqvist"].administrator, users["Marta Lindqvist"].groups) == (True, ("jira-administrators", "jira-users"))
    assert (users["Tom Okafor"].administrator, users["Tom Okafor"].enabled, users["Tom Okafor"].groups) == (False, False, ("jira-users",))
    assert (users["Jonas Weber"].email, users["Tom Okafor"].email) == (None, "tom@fernhill.example")
    assert (users["Automation"].kind, users["Automation"].groups) == ("app", ())


def test_without_a_group_of_administrators_nobody_is_known_to_be_none(twin: Running) -> None:
    with reading(twin, settings={"admin_groups": "keepers-*"}) as run:
        assert {each.administrator for each in run.facts("tracker_user").values()} == {None}


def test_groups_that_may_not_be_read_leave_rights_unknown(twin: Running) -> None:
    twin.faults.add("forbidden", "/rest/api/3/group/member", times=None)
    with reading(twin) as run:
        assert {(each.administrator, each.groups) for each in run.facts("tracker_user").values()} == {(None, None)}
        assert [(each.kind, each.operation) for each in run.context.faults("tracker_user")] == [("permission_missing", MEMBERS)]
    with reading(twin) as run:
        assert {each.members for each in run.facts("tracker_group").values()} == {None}


def test_projects_come_with_those_who_may_see_them(twin: Running) -> None:
    security = twin.state.projects["SEC"]
    security.roles[1].groups.append(twin.state.group("jira-administrators").id)
    security.browse = [("projectRole", str(security.roles[1].id)), ("anyone", ""), ("reporter", "")]
    twin.state.add_project("OPEN", "Open board", style="next-gen")
    twin.state.projects["TEAM"].private = True
    twin.state.projects["TEAM"].roles[0].users.append(TOM_ID)
    with reading(twin) as run:
        projects = run.facts("tracker_project")
    assert projects["OPS"].viewers == (Viewer(kind="logged_in"),)
    assert projects["OPEN"].viewers == (Viewer(kind="logged_in"),)
    assert projects["SEC"].viewers == (
        Viewer(kind="public"),
        Viewer(kind="reporter"),
        Viewer(kind="role", name="Members", groups=("jira-administrators",)),
    )
    assert projects["TEAM"].viewers == (Viewer(kind="role", name="Administrators", users=(TOM_ID,)), Viewer(kind="role", name="Members"))
    assert (projects["TEAM"].team_managed, projects["OPS"].team_managed) == (True, False)


def test_who_may_not_administer_sees_projects_and_not_who_may_see_them(twin: Running) -> None:
    with reading(twin, who=TOM) as run:
        projects = run.facts("tracker_project")
        faults = run.context.faults("tracker_project")
    assert {key: each.viewers for key, each in projects.items()} == {"OPS": None, "TEAM": (Viewer(kind="logged_in"),)}
    assert [each.operation for each in faults] == ["GET /rest/api/3/project/{projectIdOrKey}/permissionscheme"]


def probed(twin: Running, who: tuple[str, str], **settings: str) -> dict[str, tuple[str, str]]:
    with reading(twin, who=who, settings=settings) as run:
        return {each.operation: (each.outcome, each.detail) for each in run.connector.probe(run.context, ALL_KINDS)}


def test_the_probe_names_what_is_missing(twin: Running) -> None:
    twin.state.add_issue("OPS", "Task", "A task", "tom.okafor")
    assert {outcome for outcome, _detail in probed(twin, ("marta@fernhill.example", "token-marta")).values()} == {"ok"}
    twin.state.browse_users = {MARTA}
    found = probed(twin, TOM, projects="OPS, SEC")
    missing = {operation for operation, (outcome, _detail) in found.items() if outcome == "missing"}
    assert missing == {
        "GET /rest/api/3/users/search", "GET /rest/api/3/group/bulk", MEMBERS, "GET /rest/api/3/project/search",
        "GET /rest/api/3/project/{projectIdOrKey}/permissionscheme", "GET /rest/api/3/project/{projectIdOrKey}/role",
        "GET /rest/api/3/project/{projectIdOrKey}/role/{id}",
    }  # fmt: skip
    assert "SEC" in found["GET /rest/api/3/project/search"][1]
    assert "Browse users and groups" in found["GET /rest/api/3/users/search"][1]


def app_reading(twin: Running, scopes: str, renew=None) -> tuple[Context, JiraConnector]:
    grant = twin.state.grant("app-1", "marta.lindqvist", scopes)
    settings = {"site_url": "https://fernhill.atlassian.net", "client_id": "app-1", "cloud_id": twin.state.cloud_id, "api_url": twin.url}
    context = Context(
        settings=settings, secrets={"access_token": twin.state.access_token(grant)}, kinds=ALL_KINDS, spool=Spool(), allow=LOOPBACK,
        clock=twin.clock.now, renew=renew,
    )  # fmt: skip
    return context, JiraConnector(sleep=lambda _seconds: None)


def test_an_app_reads_through_the_gateway_and_a_scope_that_it_lacks_is_a_permission(twin: Running) -> None:
    context, connector = app_reading(twin, "read:jira-work read:jira-user")
    identity = connector.identify(context)
    assert (identity.account, identity.principal) == ("https://fernhill.atlassian.net", "Marta Lindqvist (app)")
    found = {each.operation: (each.outcome, each.detail) for each in connector.probe(context, ALL_KINDS)}
    assert {operation for operation, (outcome, _detail) in found.items() if outcome == "missing"} == {MEMBERS}
    assert "read:group:jira" in found[MEMBERS][1]


def test_a_bearer_token_that_is_over_is_renewed_once_or_asks_for_a_new_sign_in(twin: Running) -> None:
    asked: list[str] = []
    grant = twin.state.grant("app-1", "marta.lindqvist", "read:jira-user read:jira-work")

    def renew(refused: str) -> dict[str, str]:
        asked.append(refused)
        return {"access_token": twin.state.access_token(grant)}

    context, connector = app_reading(twin, "read:jira-user", renew)
    twin.faults.add("expire_access_tokens", "/rest/api/3/myself")
    assert connector.identify(context).account_name == "fernhill.atlassian.net"
    assert asked == [context.secrets["access_token"]]
    context, connector = app_reading(twin, "read:jira-user")
    twin.faults.add("expire_access_tokens", "/rest/api/3/myself")
    with pytest.raises(AuthExpired):
        connector.identify(context)


@pytest.mark.parametrize(
    ("settings", "secrets", "said"),
    [
        ({"site_url": "fernhill"}, {"api_token": "x"}, "address of the site"),
        ({}, {"api_token": "x"}, "needs the e-mail address"),
        ({}, {}, "give an API token"),
        ({"client_id": "app-1"}, {}, "nobody signed in"),
        ({"client_id": "app-1", "cloud_id": "../admin"}, {}, "nobody signed in"),
        ({"email": "m@x.example"}, {"api_token": "ü"}, "characters"),
    ],
)
def test_a_connection_that_cannot_work_says_why(twin: Running, settings: dict, secrets: dict, said: str) -> None:
    with Spool() as spool:
        context = Context(settings={"site_url": twin.url, **settings}, secrets=secrets, kinds=ALL_KINDS, spool=spool, allow=LOOPBACK)
        with pytest.raises(Misconfigured, match=said):
            JiraConnector().identify(context)
    assert len(twin.requests) == 0


def test_a_wrong_token_is_refused(twin: Running) -> None:
    with reading(twin, who=("marta@fernhill.example", "wrong")) as run, pytest.raises(AuthRevoked):
        run.connector.identify(run.context)
