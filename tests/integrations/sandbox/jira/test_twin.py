"""The twin of Jira: it pages, it validates, it refuses as the vendor does."""

from datetime import timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.sandbox.clock import Clock
from integrations.sandbox.jira import jql
from integrations.sandbox.jira.answers import Refused
from integrations.sandbox.jira.server import Running
from integrations.sandbox.jira.state import State, account_id
from tests.integrations.sandbox.jira.conftest import APP, NOON, SCOPES

SEARCH = "/rest/api/3/search/jql"
RECENT = 'updated >= "2026-03-01 00:00"'


def searched(ask, text: str, **body) -> httpx.Response:
    return ask("POST", SEARCH, json={"jql": text, "fields": ["summary"], **body})


def test_a_search_pages_by_token_and_knows_no_total(ask, state: State) -> None:
    for number in range(5):
        state.add_issue("OPS", "Task", f"Task {number}", "tom.okafor")
    first = searched(ask, RECENT, maxResults=2).json()
    assert (first.keys(), len(first["issues"]), first["isLast"]) == ({"issues", "isLast", "nextPageToken"}, 2, False)
    second = searched(ask, RECENT, maxResults=4, nextPageToken=first["nextPageToken"]).json()
    assert ([each["key"] for each in second["issues"]], second["isLast"]) == (["OPS-3", "OPS-4", "OPS-5"], True)
    assert "nextPageToken" not in second
    assert ask("POST", "/rest/api/3/search/approximate-count", json={"jql": RECENT}).json() == {"count": 5}


def test_the_removed_search_says_that_it_is_gone(ask) -> None:
    for answer in (ask("POST", "/rest/api/3/search", json={"jql": RECENT}), ask("GET", "/rest/api/3/search?jql=x")):
        assert (answer.status_code, "removed" in answer.json()["errorMessages"][0]) == (410, True)


def test_fields_that_are_not_named_do_not_come(ask, state: State) -> None:
    state.add_issue("OPS", "Task", "A task", "tom.okafor")
    assert "fields" not in ask("POST", SEARCH, json={"jql": RECENT}).json()["issues"][0]
    assert searched(ask, RECENT).json()["issues"][0]["fields"] == {"summary": "A task"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ORDER BY created", "Unbounded"),
        ("sprint = 3", "Field 'sprint' does not exist"),
        ("project = NOPE", "does not exist for the field 'project'"),
        ('updated >= "yesterday"', "Date value 'yesterday' is invalid"),
        ("updated ~ 3", "Expecting operator"),
        ("labels >= x", "operator '>=' is not supported"),
        ("updated >= startOfDay()", "Unable to find JQL function"),
        (f"{RECENT} AND", "not complete"),
        (f"({RECENT}", "Expecting ')'"),
        (f"{RECENT} ORDER BY votes", "Not able to sort"),
        ("updated was 3", "Expecting operator"),
    ],
)
def test_a_query_that_jira_would_refuse_is_refused(ask, text: str, said: str) -> None:
    answer = searched(ask, text)
    assert answer.status_code == 400
    assert said in answer.json()["errorMessages"][0]


@pytest.mark.parametrize("body", [{"startAt": 0}, {"maxResults": 0}, {"fields": "summary"}, {"maxResults": "5"}, {"total": True}])
def test_an_unknown_or_malformed_part_of_the_body_is_refused(ask, body: dict) -> None:
    assert ask("POST", SEARCH, json={"jql": RECENT, **body}).status_code == 400


def test_wrong_paging_is_refused(ask, state: State) -> None:
    for number in range(3):
        state.add_issue("OPS", "Task", f"Task {number}", "tom.okafor")
    token = searched(ask, RECENT, maxResults=1).json()["nextPageToken"]
    assert searched(ask, f"{RECENT} AND project = OPS", nextPageToken=token).status_code == 400
    assert searched(ask, RECENT, nextPageToken="nonsense").status_code == 400
    assert ask("GET", "/rest/api/3/project/search?startAt=x").status_code == 400
    assert ask("GET", "/rest/api/3/project/search?page=2").status_code == 400


def test_times_are_in_the_zone_of_whoever_asks(ask, state: State) -> None:
    state.add_issue("OPS", "Task", "At noon in London", "tom.okafor")  # 13:00 in Berlin
    assert len(searched(ask, 'updated >= "2026-03-02 13:00"').json()["issues"]) == 1
    assert searched(ask, 'updated >= "2026-03-02 13:01"').json()["issues"] == []
    assert searched(ask, RECENT, fields=["updated"]).json()["issues"][0]["fields"]["updated"] == "2026-03-02T13:00:00.000+0100"


def test_the_clauses_select(ask, state: State) -> None:
    state.add_issue("OPS", "Bug", "One", "tom.okafor", labels=["security", "x"])
    state.add_issue("SEC", "Task", "Two", "tom.okafor", at=NOON - timedelta(days=3))
    state.move("OPS-1", "Done", "tom.okafor")

    def keys(text: str) -> list[str]:
        return [each["key"] for each in searched(ask, f"{text} ORDER BY created ASC, key DESC").json()["issues"]]

    assert keys("project in (OPS, SEC)") == ["SEC-1", "OPS-1"]
    assert keys("labels = security AND NOT project = SEC") == ["OPS-1"]
    assert keys("issuetype = bug OR updated < -2d") == ["SEC-1", "OPS-1"]
    assert keys("statusCategory != Done") == ["SEC-1"]
    assert keys("labels is EMPTY") == ["SEC-1"]
    assert keys("id in (OPS-1)") == ["OPS-1"]


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=300)
def test_any_text_is_parsed_or_refused_and_never_fails(text: str) -> None:
    try:
        jql.parse(text, State(clock=Clock(NOON)), "UTC")
    except Refused as refused:
        assert refused.answer.status == 400


def test_projects_that_somebody_may_not_browse_are_not_there(ask, state: State) -> None:
    state.add_issue("SEC", "Task", "Hidden", "marta.lindqvist")
    assert [each["key"] for each in ask("GET", "/rest/api/3/project/search", who="tom").json()["values"]] == ["OPS", "TEAM"]
    assert ask("POST", SEARCH, who="tom", json={"jql": RECENT}).json()["issues"] == []
    assert ask("GET", "/rest/api/3/issue/SEC-1/changelog", who="tom").status_code == 404
    assert ask("GET", "/rest/api/3/project/OPS/permissionscheme", who="tom").status_code == 403


def test_a_changelog_pages_oldest_first_and_the_search_holds_the_newest(ask, state: State) -> None:
    state.add_issue("OPS", "Task", "Busy", "tom.okafor")
    for number in range(45):
        state.edit("OPS-1", "tom.okafor", ("labels", "labels", None, "", None, f"label-{number}"), at=NOON + timedelta(minutes=number))
    inline = searched(ask, RECENT, expand="changelog").json()["issues"][0]["changelog"]
    assert (inline["total"], len(inline["histories"]), inline["histories"][0]["items"][0]["toString"]) == (45, 40, "label-44")
    page = ask("GET", "/rest/api/3/issue/OPS-1/changelog?startAt=40&maxResults=100").json()
    assert (page["total"], page["isLast"], len(page["values"]), page["values"][-1]["items"][0]["toString"]) == (45, True, 5, "label-44")


def test_a_team_managed_project_gives_no_resolution_date(ask, state: State) -> None:
    for key in ("OPS", "TEAM"):
        state.add_issue(key, "Task", "A task", "tom.okafor")
        state.move(f"{key}-1", "Done", "tom.okafor")
    rows = searched(ask, RECENT, fields=["resolutiondate", "status"]).json()["issues"]
    assert {each["key"]: each["fields"]["resolutiondate"] for each in rows} == {"OPS-1": "2026-03-02T13:00:00.000+0100", "TEAM-1": None}
    assert {each["fields"]["status"]["statusCategory"]["key"] for each in rows} == {"done"}


def test_inactive_members_come_only_when_asked_for_and_hidden_addresses_not_at_all(ask, state: State) -> None:
    state.users[account_id("jonas.weber")].active = False
    group = state.group("jira-users").id
    names = [each["displayName"] for each in ask("GET", f"/rest/api/3/group/member?groupId={group}").json()["values"]]
    everybody = ask("GET", f"/rest/api/3/group/member?groupId={group}&includeInactiveUsers=true").json()["values"]
    assert sorted(names) == ["Marta Lindqvist", "Tom Okafor"]
    assert {each["displayName"]: "emailAddress" in each for each in everybody}["Jonas Weber"] is False


def test_bad_credentials_are_refused(ask, twin: Running) -> None:
    twin.state.api_tokens["token-tom"].revoked = True
    answer = ask("GET", "/rest/api/3/myself", who="tom")
    assert (answer.status_code, answer.headers["x-seraph-loginreason"]) == (401, "AUTHENTICATED_FAILED")


def test_the_limit_is_told_and_kept(ask, state: State) -> None:
    state.limit = 2
    answers = [ask("GET", "/rest/api/3/serverInfo") for _each in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert (answers[1].headers["x-ratelimit-remaining"], answers[2].headers["retry-after"]) == ("0", "61")
    state.clock.advance(minutes=1)
    assert ask("GET", "/rest/api/3/serverInfo").status_code == 200


# -- OAuth -----------------------------------------------------------------------------------------------------------------


def tokens(twin: Running, **body: str) -> httpx.Response:
    return httpx.post(f"{twin.url}/oauth/token", json={"client_id": APP[0], "client_secret": APP[1], **body}, trust_env=False)


def authorized(twin: Running, scopes: str = SCOPES) -> dict:
    asked = {
        "audience": "api.atlassian.com",
        "client_id": APP[0],
        "scope": scopes,
        "redirect_uri": APP[2],
        "state": "s",
        "response_type": "code",
        "prompt": "consent",
    }
    answer = httpx.get(f"{twin.url}/authorize", params=asked, trust_env=False)
    code = httpx.URL(answer.headers["location"]).params["code"]
    return tokens(twin, grant_type="authorization_code", code=code, redirect_uri=APP[2]).json()


def through_gateway(twin: Running, path: str, token: str) -> httpx.Response:
    return httpx.get(f"{twin.url}/ex/jira/{twin.state.cloud_id}{path}", headers={"authorization": f"Bearer {token}"}, trust_env=False)


def test_a_refresh_token_is_good_once(twin: Running) -> None:
    first = authorized(twin)
    second = tokens(twin, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    again = tokens(twin, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (403, "unauthorized_client")
    assert tokens(twin, grant_type="refresh_token", refresh_token=second["refresh_token"]).status_code == 200


def test_a_bearer_token_lasts_an_hour_and_a_code_is_good_once(twin: Running) -> None:
    given = authorized(twin)
    assert through_gateway(twin, "/rest/api/3/myself", given["access_token"]).status_code == 200
    twin.clock.advance(hours=1)
    assert through_gateway(twin, "/rest/api/3/myself", given["access_token"]).json() == {"code": 401, "message": "Unauthorized"}
    assert tokens(twin, grant_type="authorization_code", code="used", redirect_uri=APP[2]).json()["error"] == "invalid_grant"


def test_a_scope_that_was_not_granted_is_refused_in_other_words(twin: Running) -> None:
    given = authorized(twin, "read:jira-work offline_access")
    answer = through_gateway(twin, "/rest/api/3/users/search", given["access_token"])
    assert (answer.status_code, answer.json()["message"]) == (401, "Unauthorized; scope does not match")


def test_the_sites_of_a_grant_are_told(twin: Running) -> None:
    given = authorized(twin)
    answer = httpx.get(
        f"{twin.url}/oauth/token/accessible-resources", headers={"authorization": f"Bearer {given['access_token']}"}, trust_env=False
    )
    assert [(each["id"], each["url"]) for each in answer.json()] == [(twin.state.cloud_id, "https://fernhill.atlassian.net")]


def test_another_redirect_or_an_unknown_parameter_is_refused(twin: Running) -> None:
    asked = {"audience": "api.atlassian.com", "client_id": APP[0], "scope": "read:jira-work", "state": "s", "response_type": "code"}
    for more in (
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": APP[2], "colour": "red"},
        {"redirect_uri": APP[2], "scope": "write:jira-work"},
    ):
        assert httpx.get(f"{twin.url}/authorize", params={**asked, **more}, trust_env=False).status_code == 400
    assert tokens(twin, grant_type="password").json()["error"] == "unsupported_grant_type"


def test_the_fault_script_strikes_and_changes_the_state(ask, twin: Running) -> None:
    twin.faults.add("too_many_requests", "/rest/api/3/serverInfo", retry_after=7)
    answer = ask("GET", "/rest/api/3/serverInfo")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    twin.faults.add("add_issue", SEARCH, when="after", project="OPS", type="Task", summary="New", reporter="tom.okafor")
    assert searched(ask, RECENT).json()["issues"] == []
    assert len(searched(ask, RECENT).json()["issues"]) == 1
    assert [each.method for each in twin.requests.entries][-1] == "POST"
