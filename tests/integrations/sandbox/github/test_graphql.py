"""The executed part of GraphQL: same shape as GitHub's schema, GitHub's rules of paging, cost and rights."""

from datetime import timedelta

import pytest
from graphql import build_schema, parse
from graphql.language import EnumTypeDefinitionNode, InputObjectTypeDefinitionNode, TypeDefinitionNode, UnionTypeDefinitionNode, print_ast

from integrations.sandbox.github.graph.execution import schema
from integrations.sandbox.github.server import Running
from tests.integrations.sandbox.github.conftest import NOON, Ask
from tests.integrations.sandbox.github.descriptions import REPOSITORY, needs_descriptions
from tests.integrations.sandbox.github.descriptions import graph as official

MEMBERS = """query($after: String){organization(login:"fernhill"){membersWithRole(first:2, after:$after){
  totalCount pageInfo{hasNextPage endCursor} edges{role hasTwoFactorEnabled node{login databaseId}}}}}"""
CHANGES = """{repository(owner:"fernhill", name:"api"){pullRequests(states:MERGED, first:10, orderBy:{field:UPDATED_AT, direction:DESC}){
  totalCount nodes{number title author{login} mergedBy{login} mergedAt headRefOid labels(first:5){nodes{name}} mergeCommit{oid}
    reviews(first:10){nodes{state submittedAt author{login} commit{oid}}}
    commits(first:10){totalCount nodes{commit{oid authors(first:5){nodes{user{login} email}} statusCheckRollup{state
      contexts(first:5){nodes{
      ... on CheckRun{name conclusion isRequired(pullRequestNumber:1)}}}}}}}}}}}"""


@needs_descriptions
def test_the_executed_schema_is_a_part_of_githubs() -> None:
    theirs = {each.name.value: each for each in parse(official()).definitions if isinstance(each, TypeDefinitionNode)}
    ours = parse((REPOSITORY / "integrations/sandbox/github/schema.graphql").read_text())
    for each in ours.definitions:
        assert isinstance(each, TypeDefinitionNode)
        model = theirs[each.name.value]
        assert type(each) is type(model)
        if isinstance(each, UnionTypeDefinitionNode):
            assert {one.name.value for one in each.types or ()} <= {one.name.value for one in model.types or ()}
        elif isinstance(each, EnumTypeDefinitionNode | InputObjectTypeDefinitionNode):
            names = [
                {one.name.value for one in side.values or ()}
                if isinstance(side, EnumTypeDefinitionNode)
                else {one.name.value for one in side.fields or ()}
                for side in (each, model)
            ]
            assert names[0] == names[1], each.name.value
        for field in getattr(each, "fields", None) or ():
            same = next(one for one in model.fields if one.name.value == field.name.value)
            assert print_ast(field.type) == print_ast(same.type), f"{each.name.value}.{field.name.value}"
            arguments = [{one.name.value: print_ast(one.type) for one in getattr(side, "arguments", None) or ()} for side in (field, same)]
            assert arguments[0] == arguments[1], f"{each.name.value}.{field.name.value}"


def test_the_executed_schema_stands_alone() -> None:
    build_schema((REPOSITORY / "integrations/sandbox/github/schema.graphql").read_text())
    assert "Mutation" not in schema().type_map


def members(answer: object) -> dict[str, object]:
    return answer.json()["data"]["organization"]["membersWithRole"]  # type: ignore[attr-defined]


def test_members_come_with_total_role_and_second_factor(graph: Ask) -> None:
    first = members(graph(MEMBERS))
    second = members(graph(MEMBERS, after=first["pageInfo"]["endCursor"]))

    rows = {each["node"]["login"]: (each["role"], each["hasTwoFactorEnabled"]) for each in [*first["edges"], *second["edges"]]}
    assert rows == {"marta": ("ADMIN", True), "tom": ("MEMBER", False), "sam": ("MEMBER", True)}
    assert first["totalCount"] == 3
    assert second["pageInfo"]["hasNextPage"] is False


def test_the_second_factor_is_unknown_to_members(graph: Ask) -> None:
    assert {each["hasTwoFactorEnabled"] for each in members(graph(MEMBERS, "ghp_tom"))["edges"]} == {None}


def test_a_member_who_leaves_between_two_cursor_pages_hides_no_other(twin: Running, graph: Ask) -> None:
    first = members(graph(MEMBERS))
    twin.state.remove_member(first["edges"][0]["node"]["login"])
    second = members(graph(MEMBERS, after=first["pageInfo"]["endCursor"]))

    seen = {each["node"]["login"] for each in [*first["edges"], *second["edges"]]}
    assert seen == {"marta", "tom", "sam"}
    assert second["totalCount"] == 2


def test_a_merged_change_comes_with_reviews_commits_and_checks(twin: Running, graph: Ask) -> None:
    state = twin.state
    pull = state.open_pull("api", "tom", "Add a thing", at=NOON - timedelta(hours=3), labels=["feature"])
    state.review(pull, "marta", at=NOON - timedelta(hours=2))
    approved = pull.head
    state.push_to("api", pull, "sam", at=NOON - timedelta(hours=1))
    state.check("api", pull.head, "ci", "failure")
    state.merge("api", pull, "tom")
    state.open_pull("api", "sam", "Still open")

    found = graph(CHANGES).json()["data"]["repository"]["pullRequests"]

    assert found["totalCount"] == 1
    row = found["nodes"][0]
    assert (row["author"]["login"], row["mergedBy"]["login"], row["mergedAt"]) == ("tom", "tom", "2026-03-01T12:00:00Z")
    assert row["reviews"]["nodes"] == [
        {"state": "APPROVED", "submittedAt": "2026-03-01T10:00:00Z", "author": {"login": "marta"}, "commit": {"oid": approved}}
    ]
    assert row["headRefOid"] != approved
    authors = [each["commit"]["authors"]["nodes"][0]["user"]["login"] for each in row["commits"]["nodes"]]
    assert authors == ["tom", "sam"]
    rollup = row["commits"]["nodes"][1]["commit"]["statusCheckRollup"]
    assert (rollup["state"], rollup["contexts"]["nodes"]) == ("FAILURE", [{"name": "ci", "conclusion": "FAILURE", "isRequired": True}])
    assert row["commits"]["nodes"][0]["commit"]["statusCheckRollup"] is None


def test_a_reviewer_whose_account_is_gone_is_null(twin: Running, graph: Ask) -> None:
    pull = twin.state.open_pull("api", "tom", "Add a thing")
    twin.state.review(pull, "ghost-of-vera")
    twin.state.merge("api", pull, "tom")

    rows = graph(CHANGES).json()["data"]["repository"]["pullRequests"]["nodes"][0]["reviews"]["nodes"]
    assert [each["author"] for each in rows] == [None]


def test_the_search_counts_all_merged_changes_since_a_day(twin: Running, graph: Ask) -> None:
    for days in (1, 5, 40):
        pull = twin.state.open_pull("api", "tom", f"Change {days}", at=NOON - timedelta(days=days, hours=2))
        twin.state.merge("api", pull, "marta", at=NOON - timedelta(days=days))

    found = graph(
        '{search(type:ISSUE, first:1, query:"org:fernhill is:pr is:merged merged:>=2026-02-01"){'
        "issueCount nodes{... on PullRequest{title repository{name}}}}}"
    )

    search = found.json()["data"]["search"]
    assert search["issueCount"] == 2
    assert search["nodes"] == [{"title": "Change 1", "repository": {"name": "api"}}]


def test_a_direct_push_has_no_pull_request(twin: Running, graph: Ask) -> None:
    pull = twin.state.open_pull("api", "tom", "Add a thing")
    twin.state.merge("api", pull, "marta", squash=False)
    pushed = twin.state.push_directly("api", "tom", "Hotfix", at=NOON + timedelta(minutes=1))

    found = graph("""{repository(owner:"fernhill",name:"api"){defaultBranchRef{target{... on Commit{
      history(first:10, since:"2026-03-01T00:00:00Z"){
      totalCount nodes{oid messageHeadline parents(first:2){totalCount}
        author{user{login}} associatedPullRequests(first:5){nodes{number merged}}}}}}}}}""")

    rows = found.json()["data"]["repository"]["defaultBranchRef"]["target"]["history"]["nodes"]
    assert rows[0]["oid"] == pushed.sha
    assert [len(each["associatedPullRequests"]["nodes"]) for each in rows] == [0, 1, 1]


def test_saml_identities_are_there_when_sign_on_is_set_up(twin: Running, graph: Ask) -> None:
    query = """{organization(login:"fernhill"){samlIdentityProvider{externalIdentities(first:10){
      totalCount nodes{samlIdentity{nameId} user{login}}}}}}"""
    assert graph(query).json()["data"]["organization"]["samlIdentityProvider"] is None

    twin.state.saml = {"marta": "marta@fernhill.example"}

    found = graph(query).json()["data"]["organization"]["samlIdentityProvider"]["externalIdentities"]
    assert found["nodes"] == [{"samlIdentity": {"nameId": "marta@fernhill.example"}, "user": {"login": "marta"}}]
    assert graph(query, "ghp_tom").json()["data"]["organization"]["samlIdentityProvider"] is None


def test_classic_protection_is_listed_to_administrators(graph: Ask) -> None:
    query = """{repository(owner:"fernhill",name:"api"){branchProtectionRules(first:5){
      nodes{pattern requiredApprovingReviewCount isAdminEnforced}}}}"""

    assert graph(query).json()["data"]["repository"]["branchProtectionRules"]["nodes"] == [
        {"pattern": "main", "requiredApprovingReviewCount": 1, "isAdminEnforced": True}
    ]
    assert graph(query, "ghp_tom").json()["data"]["repository"]["branchProtectionRules"]["nodes"] == []


def test_cost_is_counted_by_connections_in_points(twin: Running, graph: Ask) -> None:
    small = graph("{rateLimit{cost remaining limit resetAt}}").json()["data"]["rateLimit"]
    assert small == {"cost": 1, "remaining": 4999, "limit": 5000, "resetAt": "2026-03-01T13:00:00Z"}

    large = graph("""{rateLimit{cost remaining nodeCount} organization(login:"fernhill"){repositories(first:100){
      nodes{pullRequests(first:50){nodes{
      reviews(first:5){totalCount}}}}}}}""").json()["data"]["rateLimit"]
    assert large == {"cost": 51, "remaining": 4948, "nodeCount": 100 + 5000 + 25000}
    assert twin.requests.entries[-1].cost == 51


def test_a_spent_budget_is_told_in_the_errors(twin: Running, graph: Ask) -> None:
    twin.state.limits["graphql"] = 1
    graph("{viewer{login}}")

    answer = graph("{viewer{login}}")

    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (200, "0")
    assert answer.json()["errors"][0]["type"] == "RATE_LIMIT"


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ('{organization(login:"brackwater"){login}}', "NOT_FOUND"),
        ('{organization(login:"fernhill"){membersWithRole{totalCount}}}', "MISSING_PAGINATION_BOUNDARIES"),
        ('{organization(login:"fernhill"){membersWithRole(first:101){totalCount}}}', "EXCESSIVE_PAGINATION"),
        ('{organization(login:"fernhill"){membersWithRole(first:1, after:"x"){totalCount}}}', "INVALID_CURSOR_ARGUMENTS"),
        ('mutation{createIssue(input:{repositoryId:"1", title:"x"}){issue{id}}}', "FORBIDDEN"),
    ],
)
def test_what_github_refuses_is_refused_with_its_word(query: str, kind: str, graph: Ask) -> None:
    assert graph(query).json()["errors"][0]["type"] == kind


def test_an_unknown_field_is_named(graph: Ask) -> None:
    assert "nonsense" in graph("{viewer{nonsense}}").json()["errors"][0]["message"]


def test_a_missing_permission_leaves_null_and_an_error(graph: Ask) -> None:
    answer = graph('{repository(owner:"fernhill",name:"api"){name pullRequests(first:1){totalCount}}}', "github_pat_marta").json()

    assert answer["errors"][0]["type"] == "FORBIDDEN"
    assert answer["errors"][0]["path"] == ["repository", "pullRequests"]


def test_an_own_server_answers_at_its_address(graph: Ask) -> None:
    assert graph("{viewer{login}}", path="/api/graphql").json() == {"data": {"viewer": {"login": "marta"}}}
